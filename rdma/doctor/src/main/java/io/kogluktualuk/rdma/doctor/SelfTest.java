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

  private static final Need NOTHING = new Need(0, 0, Path.of("/"));

  private final Duration timeout;

  /// @param timeout what each way may take
  public SelfTest(Duration timeout) {
    this.timeout = timeout;
  }

  /// Which provider a process of the fabric gets when it is told this; whether our native library
  /// can be used; and what the devices say of themselves.
  ///
  /// @param wanted `auto`, `native`, `shared` or `tcp`
  public List<Finding> inspect(String wanted) {
    boolean hasDevice = Host.of(new Machine(Path.of("/")), NOTHING).hasDevice();
    List<Finding> findings = new ArrayList<>();
    String failure = null;
    try (ChildJvm child = ChildJvm.start(wanted, timeout, "inspect")) {
      for (String line = child.next(); line != null; line = child.next()) {
        String[] words = line.split(" ", 2);
        String rest = words.length == 2 ? words[1] : "";
        switch (words[0]) {
          case "choice" -> findings.add(choice(wanted, rest));
          case "library" -> findings.add(library(hasDevice, rest));
          case "network" -> findings.add(network(rest));
          case "fact" -> findings.add(Finding.ok("adapter", rest));
          case "failed" -> failure = rest;
          default -> {
            return findings;
          }
        }
      }
      findings.add(
          Finding.problem(
              "provider",
              "asked for " + wanted + ": " + (failure == null ? child.lastWords() : failure),
              "one that can be used",
              "kog doctor --verbs auto"));
    } catch (IOException | RuntimeException e) {
      findings.add(unstarted("provider", e));
    }
    return findings;
  }

  private static Finding choice(String wanted, String line) {
    String[] words = line.split(" ", 2);
    return Finding.ok(
        "provider",
        words[0].toLowerCase(Locale.ROOT) + " (asked for: " + wanted + "): " + words[1]);
  }

  private static Finding network(String carrier) {
    return carrier.contains("cannot be used")
        ? Finding.note(
            "tcp",
            "carried by " + carrier,
            "epoll: it is faster",
            "java -version # a JDK for Linux on x86-64 or ARM64 with glibc; /tmp has to allow exec")
        : Finding.ok("tcp", "carried by " + carrier);
  }

  private static Finding library(boolean hasDevice, String failure) {
    return failure.isEmpty()
        ? Finding.ok("library", "ours, for native verbs, can be loaded")
        : Finding.lacking(
            hasDevice,
            "library",
            "ours, for native verbs: " + failure,
            "part of the build, where gcc and the headers are",
            "apt-get install gcc libc6-dev libibverbs-dev librdmacm-dev # then build again");
  }

  /// Tries the ways this host has.
  ///
  /// @param wanted `auto` for all of them, or one
  /// @param progress gets a line before each
  public List<Finding> run(String wanted, Consumer<String> progress) {
    List<String> ways =
        wanted.equals("auto") ? List.of("shared", "tcp", "native") : List.of(wanted);
    Host host = Host.of(new Machine(Path.of("/")), NOTHING);
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
      String port = null;
      String reason = null;
      for (String line = server.next(); port == null && line != null; ) {
        if (line.startsWith("port ")) {
          port = line.substring("port ".length());
        } else {
          reason = line.startsWith("failed ") ? line.substring("failed ".length()) : reason;
          line = server.next();
        }
      }
      if (port == null) {
        return failed(way, steps, reason == null ? server.lastWords() : reason);
      }
      try (ChildJvm client = ChildJvm.start(way, timeout, "connect", address, port)) {
        for (String line = client.next(); line != null; line = client.next()) {
          if (line.startsWith("path ") && !isWay(way, line.substring("path ".length()))) {
            return failed(way, steps, "the data went another way: " + line);
          }
          if (line.startsWith("step ")) {
            steps.add(line.substring("step ".length()));
          } else if (line.startsWith("failed ")) {
            reason = line.substring("failed ".length());
          } else if (line.equals("done") && steps.size() == STEPS) {
            return passed(way, address, System.nanoTime() - start);
          }
        }
        String other = server.failure();
        return failed(
            way,
            steps,
            (reason == null ? client.lastWords() : reason)
                + (other == null ? "" : "; the other side: " + other));
      }
    } catch (IOException | RuntimeException e) {
      return unstarted(AREA, e);
    }
  }

  /// Whether the data of a connection goes the way that is to be tested.
  private static boolean isWay(String way, String path) {
    return switch (way) {
      case "shared" -> path.startsWith("shared memory: ");
      case "tcp" -> path.startsWith("TCP: ");
      default -> !path.startsWith("shared memory: ") && !path.startsWith("TCP: ");
    };
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
