package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.computenode.vm.run.ExecutionResult;
import io.kogluktualuk.computenode.vm.run.GuestExit;
import io.kogluktualuk.computenode.vm.run.HostImports;
import io.kogluktualuk.computenode.vm.run.Limits;
import io.kogluktualuk.computenode.vm.run.Program;
import io.kogluktualuk.computenode.vm.run.Vm;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One program of `kog bench vm`, as a guest and as a program of the host made from the same
/// source.
///
/// **Threading:** one thread.
final class Kernel {

  private static final String FOLDER = "kernels/";
  private static final int COMPILE_SECONDS_MAX = 60;

  /// What a guest tells: its result.
  static final class Told {
    private long result;
  }

  private static final HostImports<Told> HOST =
      HostImports.<Told>builder()
          .function(
              "bench",
              "result",
              "I>",
              (told, _, arguments) -> {
                told.result = arguments[0];
                return 0;
              })
          .function(
              "wasi_snapshot_preview1",
              "proc_exit",
              "i>",
              (_, _, arguments) -> {
                throw new GuestExit((int) arguments[0]);
              })
          .build();

  private final String name;
  private final Program<Told> guest;
  private final Path program;

  private Kernel(String name, Program<Told> guest, Path program) {
    this.name = name;
    this.guest = guest;
    this.program = program;
  }

  /// Compiles the source for the host, and the module.
  static Kernel open(String name, Vm vm, Path folder) throws IOException, InterruptedException {
    copy("kernel.h", folder);
    Path source = copy(name + ".c", folder);
    Path program = folder.resolve(name);
    Process compiler =
        new ProcessBuilder("clang", "-O2", "-o", program.toString(), source.toString(), "-lm")
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    if (!compiler.waitFor(COMPILE_SECONDS_MAX, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
      compiler.destroyForcibly();
      throw new IOException("clang cannot compile " + source);
    }
    byte[] module = Files.readAllBytes(copy(name + ".wasm", folder));
    return new Kernel(name, vm.compile(module).link(HOST), program);
  }

  private static Path copy(String name, Path folder) throws IOException {
    try (InputStream in = Kernel.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IOException(name + " is not on the class path");
      }
      Path target = folder.resolve(name);
      Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
      return target;
    }
  }

  /// Runs the guest so often; the nanoseconds of each run.
  double[] guestRuns(int times, long expected) {
    double[] nanos = new double[times];
    for (int i = 0; i < times; i++) {
      Told told = new Told();
      long begun = System.nanoTime();
      ExecutionResult result = guest.prepare(told, Limits.defaults()).run();
      nanos[i] = System.nanoTime() - begun;
      if (!(result instanceof ExecutionResult.Exited) || told.result != expected) {
        throw new IllegalStateException(
            name + " ended with " + result + ", " + told.result + "; expected " + expected);
      }
    }
    return nanos;
  }

  /// The result, then the nanoseconds of each of so many runs.
  List<Long> hostRuns(int times) throws IOException {
    Process process = new ProcessBuilder(program.toString(), String.valueOf(times)).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return text.lines().map(line -> Long.parseUnsignedLong(line.split(" ", -1)[0])).toList();
  }
}
