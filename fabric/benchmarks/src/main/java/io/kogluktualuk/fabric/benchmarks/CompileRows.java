package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.benchmarks.Measurement.Direction;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The rows of `kog bench vm` about making a module ready: a million bytes of code, in JVMs that
/// have just started; beside what is aimed at, and beside `clang -O2 -c` of what the code was made
/// from, as often as it is in there.
///
/// **Threading:** one thread.
final class CompileRows {

  private static final int CODE_BYTES = 1_000_000;
  private static final int COLD_RUNS = 3;
  private static final int LOAD_RUNS = 5;
  private static final double MILLIS = 1e-6;
  private static final double COLD_AIM_MILLIS = 1_500;
  private static final double LOAD_AIM_MILLIS = 50;
  private static final int CLANG_SECONDS_MAX = 60;

  /// A source with the headers of the kernels and nothing to compile.
  private static final String NOTHING = "nothing";

  private final Path folder;
  private final List<String> kernels;

  /// @param folder where the kernels' sources and modules are
  CompileRows(Path folder, List<String> kernels) {
    this.folder = folder;
    this.kernels = kernels;
  }

  List<Measurement> measure() throws IOException, InterruptedException {
    List<byte[]> modules = new ArrayList<>();
    for (String kernel : kernels) {
      modules.add(Files.readAllBytes(folder.resolve(kernel + ".wasm")));
    }
    byte[] large = LargeModule.of(modules, CODE_BYTES);
    int once = LargeModule.of(modules, 1).length;
    Files.writeString(
        folder.resolve(NOTHING + ".c"),
        "#include \"kernel.h\"\nstatic uint64_t work(void) { return 0; }\n");
    Path file = Files.write(folder.resolve("large.wasm"), large);
    Path cache = folder;
    double[] cold = new double[COLD_RUNS];
    double[] clang = new double[COLD_RUNS];
    for (int i = 0; i < COLD_RUNS; i++) {
      cache = folder.resolve("compiled" + i);
      cold[i] = CompileProcess.nanos(file, cache);
      clang[i] = clangNanos() * large.length / once;
    }
    double[] load = new double[LOAD_RUNS];
    for (int i = 0; i < LOAD_RUNS; i++) {
      load[i] = CompileProcess.nanos(file, cache);
    }
    Spread ours = Spread.of(cold).times(MILLIS);
    return List.of(
        row("compile 1 MB, cold", ours, COLD_AIM_MILLIS, null, "the aim", 1.0),
        row(
            "load 1 MB, cold",
            Spread.of(load).times(MILLIS),
            LOAD_AIM_MILLIS,
            null,
            "the aim",
            1.0),
        against(ours, Spread.of(clang).times(MILLIS)));
  }

  private static Measurement against(Spread ours, Spread clang) {
    return row(
        "compile 1 MB, cold, beside clang", ours, clang.median(), clang, "clang -O2 -c", null);
  }

  private static Measurement row(
      String metric,
      Spread ours,
      double peer,
      @Nullable Spread peerSpread,
      String peerName,
      @Nullable Double target) {
    return new Measurement(
        "vm",
        metric,
        "ms",
        ours.median(),
        peer,
        peerName,
        Direction.LOWER_IS_BETTER,
        ours,
        peerSpread,
        target);
  }

  /// Of all kernels once, to object files, without what starting the compiler and reading headers
  /// takes.
  private double clangNanos() throws IOException, InterruptedException {
    return clangNanos(kernels) - clangNanos(Collections.nCopies(kernels.size(), NOTHING));
  }

  private double clangNanos(List<String> sources) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    for (String source : sources) {
      Process compiler =
          new ProcessBuilder("clang", "-O2", "-c", source + ".c")
              .directory(folder.toFile())
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("clang.log").toFile())
              .start();
      if (!compiler.waitFor(CLANG_SECONDS_MAX, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
        compiler.destroyForcibly();
        throw new IOException("clang cannot compile " + source);
      }
    }
    return System.nanoTime() - begun;
  }
}
