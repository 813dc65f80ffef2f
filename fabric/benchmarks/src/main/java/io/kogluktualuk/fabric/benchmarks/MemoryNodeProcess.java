package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;

/// A fabric with one memory node in a process of its own, so that a read crosses a border.
///
/// **Ownership:** the process ends when its standard input does, so it never outlives its parent.
final class MemoryNodeProcess implements AutoCloseable {

  private final Process process;
  private final InetSocketAddress control;

  private MemoryNodeProcess(Process process, InetSocketAddress control) {
    this.process = process;
    this.control = control;
  }

  static MemoryNodeProcess start(Path folder) throws IOException {
    return start(folder, ByteCount.gibibytes(2));
  }

  /// @param capacity of the memory node; what is full goes on by evicting
  static MemoryNodeProcess start(Path folder, ByteCount capacity) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xss8m",
            "-cp",
            System.getProperty("java.class.path"),
            MemoryNodeProcess.class.getName(),
            folder.toString(),
            Long.toString(capacity.bytes()));
    Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String port = out.readLine();
    if (port == null) {
      throw new IOException("the process with the memory node ended before it was ready");
    }
    InetAddress host = InetAddress.getLoopbackAddress();
    return new MemoryNodeProcess(process, new InetSocketAddress(host, Integer.parseInt(port)));
  }

  InetSocketAddress control() {
    return control;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /// The other process: prints the control plane's port, and stays until its input ends.
  public static void main(String[] args) throws IOException {
    LogManager.getLogManager().reset();
    ClusterSettings settings =
        ClusterSettings.of(Path.of(args[0]))
            .withMemory(1, new ByteCount(Long.parseLong(args[1])))
            .withCompute(1, 1);
    try (EmbeddedCluster cluster = EmbeddedCluster.open(settings)) {
      System.out.println(cluster.control().getPort());
      System.out.flush();
      while (System.in.read() >= 0) {
        // Nothing is said on it; its end is the sign.
      }
    }
  }
}
