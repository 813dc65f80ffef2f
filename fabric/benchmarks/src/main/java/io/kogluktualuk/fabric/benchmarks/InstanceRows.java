package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.computenode.vm.machine.MemoryImage;
import io.kogluktualuk.computenode.vm.run.ExecutionResult;
import io.kogluktualuk.computenode.vm.run.HostImports;
import io.kogluktualuk.computenode.vm.run.Limits;
import io.kogluktualuk.computenode.vm.run.Program;
import io.kogluktualuk.computenode.vm.run.Vm;
import io.kogluktualuk.computenode.vm.run.VmSettings;
import io.kogluktualuk.fabric.units.ByteCount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What instances cost: making one clean, a guest in a used one against a guest in a new one, and
/// guests on two threads against one.
///
/// **Threading:** one thread, but for the last.
final class InstanceRows {

  private static final String BENCH = "vm";
  private static final int SMALL_PAGES = 1;
  private static final int LARGE_PAGES = 80;
  private static final int ROUNDS = 9;
  private static final int KERNEL_RUNS = 40;

  private InstanceRows() {}

  static List<Measurement> measure(Kernel kernel) throws Exception {
    List<Measurement> rows = new ArrayList<>();
    rows.add(reset("reset of 64 KiB, little written", SMALL_PAGES, 20_000));
    rows.add(reset("reset of 5 MiB, little written", LARGE_PAGES, 300));
    rows.add(guests("trivial guest of 64 KiB", SMALL_PAGES, 5_000));
    rows.add(guests("trivial guest of 5 MiB", LARGE_PAGES, 300));
    rows.add(threads(kernel));
    return rows;
  }

  private static Measurement row(String metric, Pairing.Medians nanos, String peer) {
    return nanos.micros(BENCH, metric, peer, null);
  }

  /// Against setting as many bytes.
  private static Measurement reset(String metric, int pages, int times) throws Exception {
    MemoryImage image = new MemoryImage(pages, 0, new byte[0]);
    LinearMemory memory = new LinearMemory(pages, pages);
    byte[] bytes = new byte[pages * LinearMemory.PAGE];
    Pairing.Medians nanos =
        Pairing.measure(
            4 * times,
            ROUNDS,
            times,
            count -> {
              for (int i = 0; i < count; i++) {
                Arrays.fill(memory.bytes(), 1_024, 1_280, (byte) i);
                memory.reset(image);
              }
            },
            count -> {
              for (int i = 0; i < count; i++) {
                Arrays.fill(bytes, (byte) i);
              }
            });
    return row(metric, nanos, "memset of as much");
  }

  private static Measurement guests(String metric, int pages, int times) throws Exception {
    try (Vm pooled = Vm.open(VmSettings.defaults().withPool(ByteCount.mebibytes(64), 4));
        Vm fresh = Vm.open(VmSettings.defaults().withPool(new ByteCount(0), 0))) {
      Program<String> ours = program(pooled, pages);
      Program<String> peer = program(fresh, pages);
      Pairing.Medians nanos =
          Pairing.measure(
              4 * times, ROUNDS, times, count -> run(ours, count), count -> run(peer, count));
      return row(metric, nanos, "in a new instance");
    }
  }

  private static void run(Program<String> program, int times) {
    for (int i = 0; i < times; i++) {
      ExecutionResult result = program.prepare("", Limits.defaults()).run();
      if (!(result instanceof ExecutionResult.Exited)) {
        throw new IllegalStateException("a trivial guest ended with " + result);
      }
    }
  }

  /// A module of so many pages whose `_start` stores one number.
  private static Program<String> program(Vm vm, int pages) {
    byte[] module = {
      0,
      'a',
      's',
      'm',
      1,
      0,
      0,
      0, // a module
      1,
      4,
      1,
      0x60,
      0,
      0, // type 0: nothing to nothing
      3,
      2,
      1,
      0, // one function of type 0
      5,
      3,
      1,
      0,
      (byte) pages, // its memory
      7,
      10,
      1,
      6,
      '_',
      's',
      't',
      'a',
      'r',
      't',
      0,
      0, // which is exported
      10,
      12,
      1,
      10,
      0, // its code, without variables:
      0x41,
      (byte) 0xE4,
      0,
      0x42,
      1,
      0x37,
      3,
      0,
      0x0B // i64.store 1 at 100
    };
    return vm.compile(module).link(HostImports.<String>builder().build());
  }

  /// Runs a second, on one thread and on two.
  private static Measurement threads(Kernel kernel) throws Exception {
    long expected = kernel.hostRuns(0).getFirst();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      double[] one = new double[ROUNDS];
      double[] two = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        one[round] = rate(threads, kernel, 1, expected);
        two[round] = rate(threads, kernel, 2, expected);
      }
      Spread ours = Spread.of(two);
      Spread peer = Spread.of(one);
      return new Measurement(
          BENCH,
          "guests on two threads",
          "1/s",
          ours.median(),
          peer.median(),
          "on one thread",
          Measurement.Direction.HIGHER_IS_BETTER,
          ours,
          peer,
          null);
    }
  }

  private static double rate(ExecutorService threads, Kernel kernel, int count, long expected)
      throws Exception {
    List<Callable<double[]>> work = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      work.add(() -> kernel.guestRuns(KERNEL_RUNS, expected));
    }
    long begun = System.nanoTime();
    for (Future<double[]> each : threads.invokeAll(work)) {
      double[] _ = each.get();
    }
    return count * KERNEL_RUNS * 1e9 / (System.nanoTime() - begun);
  }
}
