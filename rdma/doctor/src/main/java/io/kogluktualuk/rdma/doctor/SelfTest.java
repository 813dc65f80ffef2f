package io.kogluktualuk.rdma.doctor;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Does one operation of each kind between two processes of this host, on every way of moving bytes
/// that this host has.
///
/// **Threading:** one thread. **Bound:** each way gets the deadline, then its processes are ended.
public final class SelfTest {

  private static final String AREA = "self-test";

  /// What all runs have to come to.
  private static final String EXPECTED =
      "connect, SEND/RECV, READ, WRITE, FETCH_ADD, wrong rkey refused (status 10)";

  private static final int STEPS = EXPECTED.split(", ").length;

  private final Duration timeout;

  /// @param timeout what each way may take
  public SelfTest(Duration timeout) {
    this.timeout = timeout;
  }

  /// Which provider a process of the fabric gets when it is told this.
  ///
  /// @param wanted `auto`, `native`, `shared` or `tcp`
  public Finding choice(String wanted) {
    try (ChildJvm child = ChildJvm.start(wanted, timeout, "choose")) {
      String last = null;
      for (String line = child.next(); line != null; line = child.next()) {
        if (line.startsWith("choice ")) {
          String[] words = line.split(" ", 3);
          return Finding.ok(
              "provider",
              "%s (asked for: %s): %s"
                  .formatted(words[1].toLowerCase(Locale.ROOT), wanted, words[2]));
        }
        last = line;
      }
      return Finding.problem(
          "provider",
          "asked for " + wanted + ": " + (last == null ? child.lastWords() : last),
          "one that can be used",
          "kog doctor --verbs auto");
    } catch (IOException | RuntimeException e) {
      return unstarted("provider", e);
    }
  }

  /// Tries the ways this host has.
  ///
  /// @param wanted `auto` for all of them, or one
  /// @param progress gets a line before each
  public List<Finding> run(String wanted, Consumer<String> progress) {
    List<String> ways =
        wanted.equals("auto") ? List.of("shared", "tcp", "native") : List.of(wanted);
    Host host = Host.of(new Machine(Path.of("/")), new Need(0, 0, Path.of("/")));
    List<Finding> findings = new ArrayList<>();
    for (String way : ways) {
      if (!way.equals("native")) {
        progress.accept("self-test: " + way);
        findings.add(run(way, InetAddress.getLoopbackAddress().getHostAddress()));
      } else if (host.ports().stream().anyMatch(RdmaPort::isActive)) {
        progress.accept("self-test: native");
        findings.add(
            addressOf(host)
                .map(address -> run("native", address))
                .orElseGet(
                    () ->
                        Finding.problem(
                            AREA,
                            "native: no active port has an IP address",
                            "one, since connections are made by address",
                            "ip addr add 192.168.7.1/24 dev DEV")));
      } else if (!wanted.equals("auto")) {
        findings.add(
            Finding.problem(
                AREA, "native: no active port", "a device with an active port", "rdma link"));
      }
    }
    return findings;
  }

  private Finding run(String way, String address) {
    long start = System.nanoTime();
    List<String> steps = new ArrayList<>();
    try (ChildJvm server = ChildJvm.start(way, timeout, "serve", address)) {
      String port = valueOf(server, "port");
      if (port == null) {
        return failed(way, steps, server.lastWords());
      }
      try (ChildJvm client = ChildJvm.start(way, timeout, "connect", address, port)) {
        String reason = null;
        for (String line = client.next(); line != null; line = client.next()) {
          if (line.startsWith("step ")) {
            steps.add(line.substring("step ".length()));
          } else if (line.startsWith("failed ")) {
            reason = line.substring("failed ".length());
          } else if (line.equals("done") && steps.size() == STEPS) {
            return passed(way, address, System.nanoTime() - start);
          }
        }
        return failed(way, steps, reason == null ? client.lastWords() : reason);
      }
    } catch (IOException | RuntimeException e) {
      return unstarted(AREA, e);
    }
  }

  private static @Nullable String valueOf(ChildJvm child, String key) {
    for (String line = child.next(); line != null; line = child.next()) {
      if (line.startsWith(key + " ")) {
        return line.substring(key.length() + 1);
      }
    }
    return null;
  }

  private static Finding passed(String way, String address, long nanos) {
    return Finding.ok(
        AREA,
        String.format(
            Locale.ROOT,
            "%s between two processes at %s: %s, in %.1f s",
            way,
            address,
            EXPECTED,
            nanos / 1e9));
  }

  private static Finding failed(String way, List<String> steps, String reason) {
    String done = steps.isEmpty() ? "no step done" : String.join(", ", steps) + " done";
    return Finding.problem(
        AREA,
        way + ": " + done + ", then " + reason,
        EXPECTED,
        way.equals("native")
            ? "kog up --verbs shared # goes without the adapter until this works"
            : "kog doctor --verbs " + way + " --json # and report what it prints");
  }

  private static Finding unstarted(String area, Exception e) {
    return Finding.problem(
        area,
        "no process could be started or heard: " + e.getMessage(),
        "another JVM beside this one",
        "ulimit -u; free -m");
  }

  /// An IP address that leads to an active port: IPv4 where there is one.
  private static Optional<String> addressOf(Host host) {
    List<RdmaPort> active = host.ports().stream().filter(RdmaPort::isActive).toList();
    Optional<String> ofGid =
        active.stream()
            .flatMap(port -> port.gids().stream())
            .filter(gid -> gid.isRoutable() && gid.isIpv4())
            .map(Gid::address)
            .findFirst();
    return ofGid.isPresent()
        ? ofGid
        : active.stream()
            .flatMap(port -> addresses(port.netDeviceOr("")).stream())
            .map(InetAddress::getHostAddress)
            .findFirst();
  }

  /// Of an Ethernet device, or of the IP-over-InfiniBand device beside a port.
  private static List<InetAddress> addresses(String device) {
    try {
      NetworkInterface found = device.isEmpty() ? null : NetworkInterface.getByName(device);
      return found == null
          ? List.of()
          : found.inetAddresses().filter(Inet4Address.class::isInstance).toList();
    } catch (SocketException e) {
      return List.of();
    }
  }
}
