package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.fault.Corruption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Ports that were free once and are kept in a file since.
///
/// **Threading:** under the folder's lock.
final class KeptPorts {

  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;

  private KeptPorts() {}

  /// The ports in the file, made up to so many with ports that are free now.
  ///
  /// @throws Corruption when the file holds anything but ports
  static List<Integer> of(Path file, String host, int count) throws IOException {
    List<Integer> ports = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        ports.add(parse(file, line));
      }
    }
    if (ports.size() < count) {
      ports.addAll(free(host, count - ports.size()));
      Files.writeString(
          file, ports.stream().map(String::valueOf).collect(Collectors.joining("\n", "", "\n")));
    }
    return ports;
  }

  /// Ports of an address that are free now, none twice. They lie below those that the system gives
  /// to outgoing connections (from 32768 on Linux), or they would not stay free.
  static List<Integer> free(String host, int count) throws IOException {
    InetAddress address = InetAddress.getByName(host);
    List<Integer> free = new ArrayList<>();
    int start = RandomGenerator.of("SecureRandom").nextInt(FIRST, LAST);
    for (int i = 0; i <= LAST - FIRST && free.size() < count; i++) {
      int port = FIRST + (start - FIRST + i) % (LAST - FIRST + 1);
      if (isFree(address, port)) {
        free.add(port);
      }
    }
    if (free.size() < count) {
      throw new IOException("no " + count + " ports are free at " + host);
    }
    return free;
  }

  private static boolean isFree(InetAddress address, int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, address)) {
      return true;
    } catch (IOException e) {
      return false; // that is the answer
    }
  }

  private static int parse(Path file, String line) {
    try {
      int port = Integer.parseInt(line.strip());
      if (port > 0 && port <= 0xFFFF) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw new Corruption(file + ": expected a port on each line, found '" + line + "'", e);
    }
    throw new Corruption(file + ": expected a port on each line, found '" + line + "'");
  }
}
