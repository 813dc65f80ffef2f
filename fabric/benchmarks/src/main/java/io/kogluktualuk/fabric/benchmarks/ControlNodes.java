package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.controlplane.server.ControlServer;
import io.kogluktualuk.controlplane.server.ControlSettings;
import io.kogluktualuk.paxoslog.api.LogPeer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Three control nodes in processes of their own.
///
/// **Ownership:** a process ends when its standard input does, so none outlives its parent.
final class ControlNodes implements AutoCloseable {

  static final int NODES = 3;

  private final List<Process> processes = new ArrayList<>();
  private final List<InetSocketAddress> addresses = new ArrayList<>();

  private ControlNodes() {}

  static ControlNodes start(Path folder) throws IOException {
    ControlNodes nodes = new ControlNodes();
    try {
      int[] ports = Ports.free(NODES);
      for (int number = 1; number <= NODES; number++) {
        nodes.processes.add(startOne(folder, number, ports));
      }
      for (Process process : nodes.processes) {
        nodes.addresses.add(addressOf(process));
      }
      return nodes;
    } catch (IOException | RuntimeException e) {
      nodes.close();
      throw e;
    }
  }

  private static Process startOne(Path folder, int number, int[] ports) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx3g",
                "-cp",
                System.getProperty("java.class.path"),
                ControlNodes.class.getName(),
                folder.resolve("control-" + number).toString(),
                Integer.toString(number)));
    for (int port : ports) {
      command.add(Integer.toString(port));
    }
    return new ProcessBuilder(command)
        .redirectError(Redirect.to(folder.resolve("control-" + number + ".log").toFile()))
        .start();
  }

  private static InetSocketAddress addressOf(Process process) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String port = out.readLine();
    if (port == null) {
      throw new IOException("a control node ended before it was ready");
    }
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
  }

  List<InetSocketAddress> addresses() {
    return List.copyOf(addresses);
  }

  /// `kill -9` of the node that is called so.
  void kill(int number) {
    processes.get(number - 1).destroyForcibly();
  }

  @Override
  public void close() {
    for (Process process : processes) {
      process.destroyForcibly();
    }
    for (Process process : processes) {
      process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
    }
  }

  /// A control node: prints the port of its control calls, and stays until its input ends.
  ///
  /// @param args folder, number, the consensus ports of all
  public static void main(String[] args) throws IOException {
    List<LogPeer> peers = new ArrayList<>();
    for (int i = 2; i < args.length; i++) {
      peers.add(new LogPeer("control-" + (i - 1), "127.0.0.1", Integer.parseInt(args[i])));
    }
    ControlSettings settings =
        ControlSettings.replica(
            Path.of(args[0]),
            "bench",
            "control-" + args[1],
            peers,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    try (ControlServer server = ControlServer.open(settings)) {
      System.out.println(server.address().getPort());
      System.out.flush();
      while (System.in.read() >= 0) {
        // Nothing is said on it; its end is the sign.
      }
    }
  }
}
