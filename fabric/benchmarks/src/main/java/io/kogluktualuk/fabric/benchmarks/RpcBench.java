package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.benchmarks.Measurement.Direction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Control calls of 32 bytes each way to a server in another process of this host, over shared
/// memory, against bare messages of the same length over a Unix socket ([UnixEcho]), and against
/// DaRPC as it comes over the same provider ([DarpcEcho]); and what a call allocates.
///
/// Calls are encoded, have deadlines, share one connection and are answered by the server's
/// message thread; the rows that say *virtual* are answered by a virtual thread each.
final class RpcBench implements Bench {

  private static final String NAME = "rpc";
  private static final int ROUNDS = 5;
  private static final int TIMES = 64_000;
  private static final int TIMES_ALONE = 16_000;
  private static final int WARM_UP = 4;
  private static final int[] CALLERS = {1, 16, 64, 256};

  /// As it comes, it has no more calls in flight than RECVs.
  private static final int DARPC_MAX = 64;

  private static final double CALLS_AIM = 200_000;
  private static final double NANOS = 1e9;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "control calls between processes: rate, latency, allocation";
  }

  @Override
  public List<Measurement> run(Path folder, Consumer<String> progress) throws Exception {
    Path socket = folder.resolve("peer.sock");
    Path errors = folder.resolve("rpc.err");
    RpcIdentities.make(socket);
    List<String> flags =
        List.of(
            "-Dkog.rdma.provider=shared",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-Xss1m",
            // DaRPC as it comes reads the address of a buffer there.
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
    try (Agent target =
            Agent.start(Agent.java(flags, RpcTarget.class, socket.toString()), Map.of(), errors);
        Agent initiator =
            Agent.start(
                Agent.java(flags, RpcInitiator.class, arguments(target, socket)),
                Map.of(),
                errors)) {
      List<Measurement> rows = new ArrayList<>();
      for (int callers : CALLERS) {
        progress.accept("rpc: " + callers + (callers == 1 ? " caller" : " callers"));
        rows.addAll(rates(initiator, callers));
      }
      progress.accept("rpc: with TLS");
      rows.addAll(sealed(initiator, 1));
      rows.addAll(sealed(initiator, 64));
      progress.accept("rpc: allocation");
      rows.addAll(allocation(target, initiator));
      return rows;
    }
  }

  private static String[] arguments(Agent target, Path socket) {
    return (target.greeting() + " " + socket).split(" ", 4);
  }

  /// The figures of one way to call, over all rounds.
  private static final class Figures {
    final double[] perSecond = new double[ROUNDS];
    final double[] p50 = new double[ROUNDS];
    final double[] p99 = new double[ROUNDS];

    void measure(Agent initiator, String operation, int callers, int times, int round)
        throws IOException {
      perSecond[round] = NANOS * times / initiator.ask(operation, callers, times);
      p50[round] = initiator.ask("latency", 500, 0) / 1e3;
      p99[round] = initiator.ask("latency", 990, 0) / 1e3;
    }
  }

  private static List<Measurement> rates(Agent initiator, int callers) throws IOException {
    int times = callers == 1 ? TIMES_ALONE : TIMES;
    String[] operations = {"inline", "unix", "virtual"};
    Figures[] figures = {new Figures(), new Figures(), new Figures()};
    for (String operation : operations) {
      initiator.ask(operation, callers, WARM_UP * times);
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < operations.length; i++) {
        figures[i].measure(initiator, operations[i], callers, times, round);
      }
    }
    String who = callers == 1 ? "1 caller" : callers + " callers";
    Figures ours = figures[0];
    Figures peer = figures[1];
    Figures virtual = figures[2];
    String unix = "Unix socket";
    Direction high = Direction.HIGHER_IS_BETTER;
    Direction low = Direction.LOWER_IS_BETTER;
    List<Measurement> rows = new ArrayList<>();
    rows.add(row(who, "calls/s", ours.perSecond, peer.perSecond, unix, high));
    rows.add(row(who + ", virtual", "calls/s", virtual.perSecond, peer.perSecond, unix, high));
    rows.add(row(who + " p50", "µs", ours.p50, peer.p50, unix, low));
    rows.add(row(who + " p99", "µs", ours.p99, peer.p99, unix, low));
    if (callers <= DARPC_MAX) {
      double[] raw = new double[ROUNDS];
      initiator.ask("darpc", callers, WARM_UP * times);
      for (int round = 0; round < ROUNDS; round++) {
        raw[round] = NANOS * times / initiator.ask("darpc", callers, times);
      }
      rows.add(row(who, "calls/s", ours.perSecond, raw, "DaRPC as it comes, polling", high));
    }
    if (callers == 64) {
      double[] aim = {CALLS_AIM};
      rows.add(row(who, "calls/s", ours.perSecond, aim, "the aim", high, 1.0));
      rows.add(row(who + ", virtual", "calls/s", virtual.perSecond, aim, "the aim", high, 1.0));
    }
    return rows;
  }

  /// The same calls over a connection with TLS, round by round beside those without.
  private static List<Measurement> sealed(Agent initiator, int callers) throws IOException {
    int times = callers == 1 ? TIMES_ALONE : TIMES;
    Figures sealed = new Figures();
    Figures plain = new Figures();
    initiator.ask("sealed", callers, WARM_UP * times);
    for (int round = 0; round < ROUNDS; round++) {
      sealed.measure(initiator, "sealed", callers, times, round);
      plain.measure(initiator, "inline", callers, times, round);
    }
    String who = "with TLS, " + callers + (callers == 1 ? " caller" : " callers");
    String peer = "without TLS";
    return List.of(
        row(who, "calls/s", sealed.perSecond, plain.perSecond, peer, Direction.HIGHER_IS_BETTER),
        row(who + " p50", "µs", sealed.p50, plain.p50, peer, Direction.LOWER_IS_BETTER));
  }

  private static List<Measurement> allocation(Agent target, Agent initiator) throws IOException {
    List<Measurement> rows = new ArrayList<>();
    for (String operation : List.of("inline", "sealed", "virtual", "darpc", "unix")) {
      for (int callers : new int[] {1, 64}) {
        double[][] bytes = new double[2][ROUNDS];
        initiator.ask(operation, callers, WARM_UP * TIMES);
        for (int round = 0; round < ROUNDS; round++) {
          double[] found = allocated(target, initiator, operation, callers);
          bytes[0][round] = found[0];
          bytes[1][round] = found[1];
        }
        String who = operation + ", " + callers + (callers == 1 ? " caller" : " callers");
        rows.add(allocated(who + ", client", bytes[0]));
        rows.add(allocated(who + ", server", bytes[1]));
      }
    }
    return rows;
  }

  /// Heap bytes of one call at the client and at the server. Runs of two lengths are compared, so
  /// that what starting and ending the callers takes does not count.
  private static double[] allocated(Agent target, Agent initiator, String operation, int callers)
      throws IOException {
    double[] bytes = new double[2];
    int[] times = {TIMES, 3 * TIMES};
    for (int i = 0; i < times.length; i++) {
      // Once before it counts: the memory for latencies is made anew.
      initiator.ask(operation, callers, times[i]);
      long client = initiator.ask("allocated", 0, 0);
      long server = target.ask("allocated", 0, 0);
      initiator.ask(operation, callers, times[i]);
      int sign = i == 0 ? -1 : 1;
      bytes[1] += sign * (target.ask("allocated", 0, 0) - server);
      bytes[0] += sign * (initiator.ask("allocated", 0, 0) - client);
    }
    bytes[0] /= times[1] - times[0];
    bytes[1] /= times[1] - times[0];
    return bytes;
  }

  private static Measurement allocated(String metric, double[] bytes) {
    double[] none = {0};
    return row(metric + ", allocated", "B", bytes, none, "none", Direction.LOWER_IS_BETTER);
  }

  private static Measurement row(
      String metric, String unit, double[] ours, double[] peer, String name, Direction direction) {
    return row(metric, unit, ours, peer, name, direction, null);
  }

  private static Measurement row(
      String metric,
      String unit,
      double[] ours,
      double[] peer,
      String name,
      Direction direction,
      @Nullable Double target) {
    Spread own = Spread.of(ours);
    Spread other = Spread.of(peer);
    return new Measurement(
        NAME, metric, unit, own.median(), other.median(), name, direction, own, other, target);
  }
}
