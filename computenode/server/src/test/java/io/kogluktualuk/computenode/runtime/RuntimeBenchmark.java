package io.kogluktualuk.computenode.runtime;

import com.sun.management.OperatingSystemMXBean;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/// What a memo hit and a trivial subtransaction cost, in process. Run it by hand.
///
/// **Threading:** one thread.
final class RuntimeBenchmark {

  private static final int ROUNDS = 7;

  private RuntimeBenchmark() {}

  public static void main(String[] args) {
    try (Bench bench = new Bench(1)) {
      Transaction hello = bench.transaction("/bin/hello");
      bench.run(hello);
      measure("memo hit, whole run call", 20_000, _ -> bench.run(hello));
      Transaction nothing = bench.transaction("/bin/nothing");
      measure(
          "trivial transaction, whole run call",
          3_000,
          i ->
              bench.run(
                  Transaction.of(
                      nothing.namespace(), List.of("/bin/nothing", "t" + i), Bench.LIMITS)));
      int[] round = {0};
      int width = 1_000;
      measure(
          "subtransactions, bound and read by one program",
          1,
          width,
          _ ->
              bench.run(Transaction.of(nothing.namespace(), fan(round[0]++, width), Bench.LIMITS)));
      measure(
          "subtransactions, bound and read one by one",
          1,
          width,
          _ ->
              bench.run(
                  Transaction.of(nothing.namespace(), chain(round[0]++, width), Bench.LIMITS)));
    }
  }

  private static List<String> fan(int round, int width) {
    List<String> argv = new ArrayList<>(List.of("/bin/probe"));
    for (int i = 0; i < width; i++) {
      argv.addAll(bound(round, i));
    }
    for (int i = 0; i < width; i++) {
      argv.addAll(List.of("cat", "/tmp/" + i));
    }
    return argv;
  }

  private static List<String> chain(int round, int width) {
    List<String> argv = new ArrayList<>(List.of("/bin/probe"));
    for (int i = 0; i < width; i++) {
      argv.addAll(bound(round, i));
      argv.addAll(List.of("cat", "/tmp/" + i));
    }
    return argv;
  }

  private static List<String> bound(int round, int i) {
    return List.of("need", "/tmp/" + i, "1", "/bin/nothing", "2", "/bin/nothing", round + "-" + i);
  }

  private static void measure(String what, int count, IntConsumer task) {
    measure(what, count, 1, task);
  }

  private static void measure(String what, int count, int each, IntConsumer task) {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    double[] micros = new double[ROUNDS];
    double[] cpu = new double[ROUNDS];
    int number = 0;
    for (int round = -15; round < ROUNDS; round++) {
      long startCpu = system.getProcessCpuTime();
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        task.accept(number++);
      }
      if (round >= 0) {
        micros[round] = (System.nanoTime() - start) / 1e3 / count / each;
        cpu[round] = (system.getProcessCpuTime() - startCpu) / 1e3 / count / each;
      }
    }
    Arrays.sort(micros);
    Arrays.sort(cpu);
    System.out.printf(
        "%-50s %8.2f µs median, %8.2f least; %8.2f µs of processors%n",
        what, micros[ROUNDS / 2], micros[0], cpu[ROUNDS / 2]);
  }
}
