package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.Nothing;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/// How a fault shows.
///
/// **Threading:** one thread.
final class Evidence {

  private static final Duration SHOWS_WITHIN = Duration.ofSeconds(60);
  private static final Duration CALL = Duration.ofSeconds(3);
  private static final int CONNECT_MILLIS = 700;

  private final FaultGround ground;

  Evidence(FaultGround ground) {
    this.ground = ground;
  }

  /// Who led the control plane, and in which term.
  record Led(String leader, long term) {}

  Led led() throws InterruptedException {
    String leader = ground.leader();
    return new Led(
        leader, Operator.of(ground.fabric()).control().plane().groups().getFirst().term());
  }

  /// Waits until one of the other control nodes says that another leads, in a later term.
  void awaitAnotherLeader(Led before) throws InterruptedException {
    await(
        () -> {
          for (String name : ground.controls()) {
            if (!name.equals(before.leader()) && isSucceeded(name, before)) {
              return true;
            }
          }
          return false;
        },
        () -> "nobody has taken the place of " + before);
  }

  private boolean isSucceeded(String name, Led before) {
    Deadline deadline = Deadline.after(CALL);
    try (Channel channel = RpcClient.connect(ground.cluster().address(name), deadline)) {
      PlaneStatus.Group group =
          channel.call(ControlMethods.PLANE, new Nothing(), deadline).groups().getFirst();
      return group.term() > before.term()
          && !group.leader().isEmpty()
          && !group.leader().equals(before.leader());
    } catch (FabricException _) {
      return false; // it is being killed or cut itself
    }
  }

  /// Waits until all have agreed that a memory node is lost.
  void awaitLost(String name) throws InterruptedException {
    await(
        () ->
            Operator.of(ground.fabric()).control().members().members().stream()
                .anyMatch(
                    member ->
                        member.info().name().equals(name) && member.state() == MemberState.LOST),
        () -> name + " is not lost");
  }

  /// Waits until the kernel says that a process is stopped.
  void awaitStopped(String name) throws InterruptedException {
    Path stat = Path.of("/proc", Long.toString(ground.cluster().pid(name)), "stat");
    await(
        () -> Files.readString(stat).replaceAll("^.*\\) ", "").startsWith("T"),
        () -> name + " is not stopped");
  }

  /// Whether a client could connect to it now.
  void requireReachable(String name) {
    if (!isReachable(name)) {
      throw new AssertionError(name + " cannot be reached by clients");
    }
  }

  void requireUnreachable(String name) {
    if (isReachable(name)) {
      throw new AssertionError(name + " can be reached by clients");
    }
  }

  private boolean isReachable(String name) {
    InetSocketAddress address = ground.cluster().address(name);
    try (Socket socket = new Socket()) {
      socket.connect(address, CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// What a node publishes under a name; 0 when nothing.
  double metric(String name, String metric) throws IOException {
    return ground
        .cluster()
        .metrics(name)
        .lines()
        .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /// Waits until a node has logged some words more often than before.
  void awaitSaid(String name, String words, long before) throws InterruptedException {
    await(() -> said(name, words) > before, () -> name + " has not said '" + words + "'");
  }

  /// How often it has.
  long said(String name, String words) throws IOException {
    long times = 0;
    for (Path file : ground.logs(name)) {
      try (var lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
        times += lines.filter(line -> line.contains(words)).count();
      }
    }
    return times;
  }

  static void await(Callable<Boolean> shows, Supplier<String> what) throws InterruptedException {
    Await.until(Deadline.after(SHOWS_WITHIN), shows, () -> "it does not bite: " + what.get());
  }
}
