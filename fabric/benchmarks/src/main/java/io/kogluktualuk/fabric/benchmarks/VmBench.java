package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.computenode.vm.run.Vm;
import io.kogluktualuk.computenode.vm.run.VmSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Guests against the same C sources compiled for the host by `clang -O2`; fuel, call depth and
/// canonical NaN are on. Then what it takes to compile a module, and to load it in another
/// process, and what instances cost.
final class VmBench implements Bench {

  private static final List<String> KERNELS =
      List.of(
          "hash", "nbody", "quicksort", "recursion", "sieve", "matrix", "compression", "parsing");
  private static final int RUNS = 9;

  /// The geometric mean aimed at is 1.5 times the host's time, and no kernel above 2.5.
  private static final double MEAN = 1 / 1.5;

  private static final double EACH = 1 / 2.5;

  /// Until the JIT has settled.
  private static final long WARM_UP_NANOS = 2_500_000_000L;

  @Override
  public String name() {
    return "vm";
  }

  @Override
  public String summary() {
    return "metered guests against native code";
  }

  @Override
  public List<Measurement> run(Path folder, Consumer<String> progress) throws Exception {
    List<Measurement> rows = new ArrayList<>();
    double logarithms = 0;
    try (Vm vm = Vm.open(VmSettings.defaults())) {
      for (String name : KERNELS) {
        progress.accept("vm: " + name);
        Measurement row = measure(Kernel.open(name, vm, folder), name);
        logarithms += Math.log(row.ours() / java.util.Objects.requireNonNull(row.peer()));
        rows.add(row);
      }
    }
    double mean = Math.exp(logarithms / KERNELS.size());
    rows.add(
        new Measurement(
            name(),
            "geometric mean",
            "×",
            mean,
            1.0,
            "clang -O2",
            Measurement.Direction.LOWER_IS_BETTER,
            null,
            null,
            MEAN));
    progress.accept("vm: compiling");
    rows.addAll(new CompileRows(folder, KERNELS).measure());
    progress.accept("vm: instances");
    try (Vm vm = Vm.open(VmSettings.defaults())) {
      rows.addAll(InstanceRows.measure(Kernel.open("recursion", vm, folder)));
    }
    return rows;
  }

  private Measurement measure(Kernel kernel, String metric) throws IOException {
    long expected = kernel.hostRuns(0).getFirst();
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < WARM_UP_NANOS) {
      double[] _ = kernel.guestRuns(1, expected);
    }
    List<Long> onHost = kernel.hostRuns(2 * RUNS);
    Spread ours = Spread.of(kernel.guestRuns(RUNS, expected)).times(1e-6);
    double[] peers =
        onHost.subList(1, onHost.size()).stream().mapToDouble(each -> each * 1e-6).toArray();
    Spread peer = Spread.of(peers);
    return new Measurement(
        name(),
        metric,
        "ms",
        ours.median(),
        peer.median(),
        "clang -O2",
        Measurement.Direction.LOWER_IS_BETTER,
        ours,
        peer,
        EACH);
  }
}
