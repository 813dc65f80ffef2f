package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.computenode.vm.run.CompiledModule;
import io.kogluktualuk.computenode.vm.run.Vm;
import io.kogluktualuk.computenode.vm.run.VmSettings;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Makes one module ready to run, in a JVM that has just started, with the options of this one.
///
/// **Threading:** one thread.
final class CompileProcess {

  private CompileProcess() {}

  /// The nanoseconds until a module is ready, without the start of the JVM and the hash of the
  /// module, which is known where modules come from.
  ///
  /// @param cache the folder of compiled code; empty for a module to be compiled
  static double nanos(Path module, Path cache) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(CompileProcess.class.getName(), module.toString(), cache.toString()));
    Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw new IOException("the process that compiles said '" + text.strip() + "'", e);
    }
  }

  /// The other process: prints the nanoseconds.
  public static void main(String[] args) throws IOException {
    byte[] wasm = Files.readAllBytes(Path.of(args[0]));
    Hash hash = Hash.of(wasm);
    VmSettings settings = VmSettings.defaults().withDiskCache(Path.of(args[1]));
    try (Vm vm = Vm.open(settings)) {
      long begun = System.nanoTime();
      CompiledModule _ = vm.compile(hash, wasm);
      System.out.println(System.nanoTime() - begun);
    }
  }
}
