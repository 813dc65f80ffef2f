package io.kogluktualuk.fabric.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// iperf3 over the loopback: how fast one TCP connection streams.
///
/// **Threading:** one thread.
final class Iperf {

  private static final Path PROGRAM = Path.of("/usr/bin/iperf3");
  private static final Pattern RECEIVED =
      Pattern.compile("\"sum_received\"[^}]*?\"bits_per_second\":\\s*([0-9.eE+]+)");

  private static final int SECONDS = 1;
  private static final int SECONDS_MAX = 15;

  private Iperf() {}

  static boolean isInstalled() {
    return Files.isExecutable(PROGRAM);
  }

  /// The nanoseconds that so many bytes would have taken at the rate of one run of a second.
  static long nanos(Path folder, long bytes) throws IOException, InterruptedException {
    return Math.round(bytes * 8e9 / bitsPerSecond(folder));
  }

  private static double bitsPerSecond(Path folder) throws IOException, InterruptedException {
    String port = Integer.toString(freePort());
    Process server = start(folder, "iperf-server.log", "--server", "--one-off", "--port", port);
    try {
      IOException failure = new IOException("iperf3 did not start");
      for (int attempt = 0; attempt < 50 && server.isAlive(); attempt++) {
        Process client =
            start(
                folder,
                "iperf.json",
                "--client",
                "127.0.0.1",
                "--port",
                port,
                "--time",
                Integer.toString(SECONDS),
                "--len",
                "1M",
                "--json");
        if (!client.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
          client.destroyForcibly();
          throw new IOException("iperf3 took longer than " + SECONDS_MAX + " s");
        }
        String output = Files.readString(folder.resolve("iperf.json"));
        Matcher matcher = RECEIVED.matcher(output);
        if (matcher.find()) {
          return Double.parseDouble(matcher.group(1));
        }
        // The server may not listen yet.
        failure = new IOException("iperf3 failed: " + output.strip());
        TimeUnit.MILLISECONDS.sleep(20);
      }
      throw failure;
    } finally {
      server.destroyForcibly();
    }
  }

  private static Process start(Path folder, String log, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(log).toFile())
        .start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
