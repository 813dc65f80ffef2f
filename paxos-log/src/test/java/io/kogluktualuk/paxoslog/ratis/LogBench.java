package io.kogluktualuk.paxoslog.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import io.kogluktualuk.paxoslog.api.Snapshot;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// How fast three processes on this host agree; a `main`, not a test. The argument is a folder on
/// the disk to be measured. Figures are of decision 0030.
final class LogBench {

  private static final int COMMAND_BYTES = 40;

  private LogBench() {}

  /// Counts, and keeps nothing.
  private static final class Counter implements StateMachine {

    @Override
    public byte[] apply(long index, byte[] entry) {
      return new byte[0];
    }

    @Override
    public Snapshot snapshot() {
      return _ -> {};
    }

    @Override
    public void load(InputStream source) {}
  }

  /// One replica; measures when it is told to.
  static final class Replica {

    private Replica() {}

    public static void main(String[] arguments) throws Exception {
      List<LogPeer> peers = new ArrayList<>();
      for (int i = 2; i < arguments.length; i++) {
        String[] parts = arguments[i].split("=");
        peers.add(new LogPeer(parts[0], "127.0.0.1", Integer.parseInt(parts[1])));
      }
      LogHostSettings settings =
          LogHostSettings.of(Path.of(arguments[0], arguments[1]), "bench", arguments[1], peers)
              .withElectionTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(2));
      try (LogHost host = LogHost.open(settings, Map.of("main", new Counter()))) {
        System.out.println("ready");
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
          String[] words = line.split(" ");
          if (words[0].equals("lead")) {
            host.transferLeadership(arguments[1], Deadline.after(Duration.ofSeconds(30)));
            System.out.println("leads");
          } else {
            int commandCount = Integer.parseInt(words[0]);
            int outstanding = Integer.parseInt(words[1]);
            System.out.println(
                measure(host.log("main"), commandCount, outstanding, Integer.parseInt(words[2])));
          }
        }
      }
    }
  }

  private static String measure(ReplicatedLog log, int commands, int outstanding, int appends)
      throws Exception {
    byte[] entry = new byte[commands * COMMAND_BYTES];
    long[] nanos = new long[appends];
    long started = System.nanoTime();
    try (ExecutorService threads = Executors.newFixedThreadPool(outstanding)) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < outstanding; t++) {
        int first = t;
        running.add(
            threads.submit(
                () -> {
                  for (int i = first; i < appends; i += outstanding) {
                    long before = System.nanoTime();
                    log.append(entry, Deadline.after(Duration.ofSeconds(60)));
                    nanos[i] = System.nanoTime() - before;
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    Arrays.sort(nanos);
    return String.format(
        Locale.ROOT,
        "%5d commands an entry, %3d outstanding: %,9.0f commands/s, median %.2f ms, p99 %.2f ms",
        commands,
        outstanding,
        appends * (double) commands / seconds,
        nanos[appends / 2] / 1e6,
        nanos[appends * 99 / 100] / 1e6);
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory(Path.of(arguments[0]), "kog-log-bench");
    List<String> peers = new ArrayList<>();
    for (String id : List.of("c0", "c1", "c2")) {
      try (ServerSocket probe = new ServerSocket(0)) {
        peers.add(id + "=" + probe.getLocalPort());
      }
    }
    List<ChildJvm> children = new ArrayList<>();
    try {
      for (String peer : peers) {
        List<String> all = new ArrayList<>();
        all.addAll(List.of(folder.toString(), peer.split("=")[0]));
        all.addAll(peers);
        children.add(ChildJvm.start(Replica.class, all.toArray(String[]::new)));
      }
      for (ChildJvm child : children) {
        child.line();
      }
      ChildJvm leader = children.getFirst();
      leader.tell("lead");
      leader.line();
      for (int round = 0; round < 3; round++) {
        for (String run : List.of("1 1 2000", "1 64 10000", "100 8 4000", "1000 8 1000")) {
          leader.tell(run);
          System.out.println(leader.line());
        }
      }
    } finally {
      children.forEach(ChildJvm::kill);
    }
  }
}
