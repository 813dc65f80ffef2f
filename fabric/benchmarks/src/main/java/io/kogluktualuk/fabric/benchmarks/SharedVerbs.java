package io.kogluktualuk.fabric.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Shared memory: READ and WRITE against memcpy between the same kinds of memory, as cold or as
/// warm, and against UCX's get and put, which are warm.
///
/// **Threading:** one thread.
final class SharedVerbs {

  private static final int SMALL = 4 << 10;
  private static final int LARGE = 1 << 20;
  private static final int ROUNDS = 15;
  private static final int SMALL_TIMES = 50_000;
  private static final int LARGE_TIMES = 400;

  /// A small READ or WRITE may take a microsecond.
  private static final double SMALL_NANOS_MAX = 1_000;

  private static final double OF_MEMCPY = 0.9;
  private static final double OF_UCX = 1 / 1.5;

  private final Path folder;
  private final Consumer<String> progress;
  private String ucxMissing = "not measured: UCX's process has ended";

  SharedVerbs(Path folder, Consumer<String> progress) {
    this.folder = folder;
    this.progress = progress;
  }

  List<Measurement> run() throws Exception {
    List<Measurement> rows = new ArrayList<>();
    try (VerbsPair pair = VerbsPair.start("shared", folder);
        UcxPeer ucx = UcxPeer.start(folder, why -> ucxMissing = why)) {
      for (String verb : List.of("READ", "WRITE")) {
        progress.accept("shared memory, " + verb + " of 4 KiB and 1 MiB");
        rows.addAll(small(verb, pair, ucx));
        rows.addAll(large(verb, pair, ucx));
      }
      double bytes = pair.allocated("read-warm", SMALL, SMALL_TIMES);
      rows.add(Rows.allocation("shared READ 4KiB, allocated", bytes));
    }
    return rows;
  }

  private List<Measurement> small(String verb, VerbsPair pair, @Nullable UcxPeer ucx)
      throws Exception {
    boolean isRead = verb.equals("READ");
    List<Contest.Contender> contenders = new ArrayList<>();
    contenders.add(pair.contender(isRead ? "read-warm" : "write-warm", SMALL));
    contenders.add(pair.contender(isRead ? "copy-in-warm" : "copy-out-warm", SMALL));
    if (ucx != null) {
      contenders.add(ucx.contender(isRead ? "get" : "put", SMALL));
    }
    List<Spread> spreads = Contest.hold(2 * SMALL_TIMES, ROUNDS, SMALL_TIMES, contenders);
    Spread limit = new Spread(SMALL_NANOS_MAX, SMALL_NANOS_MAX, SMALL_NANOS_MAX);
    Spread ours = spreads.getFirst();
    String metric = "shared " + verb + " 4KiB";
    return List.of(
        Rows.time(metric, ours, limit, "the limit", 1.0),
        Rows.time(metric, ours, spreads.get(1), "memcpy, warm", null),
        ucx == null
            ? Rows.time(metric, ours, null, ucxMissing, OF_UCX)
            : Rows.time(metric, ours, spreads.get(2), "UCX posix", OF_UCX));
  }

  private List<Measurement> large(String verb, VerbsPair pair, @Nullable UcxPeer ucx)
      throws Exception {
    boolean isRead = verb.equals("READ");
    String own = isRead ? "read-" : "write-";
    String copy = isRead ? "copy-in-" : "copy-out-";
    List<Contest.Contender> contenders =
        new ArrayList<>(
            List.of(
                pair.contender(own + "warm", LARGE),
                pair.contender(copy + "warm", LARGE),
                pair.contender(own + "cold", LARGE),
                pair.contender(copy + "cold", LARGE)));
    if (ucx != null) {
      contenders.add(ucx.contender(isRead ? "get" : "put", LARGE));
    }
    List<Spread> spreads = Contest.hold(2 * LARGE_TIMES, ROUNDS, LARGE_TIMES, contenders);
    Spread warm = spreads.getFirst();
    String metric = "shared " + verb + " 1MiB";
    return List.of(
        Rows.rate(metric + " warm", LARGE, warm, spreads.get(1), "memcpy, warm", OF_MEMCPY),
        Rows.rate(
            metric + " cold", LARGE, spreads.get(2), spreads.get(3), "memcpy, cold", OF_MEMCPY),
        ucx == null
            ? Rows.rate(metric + " warm", LARGE, warm, null, ucxMissing, OF_UCX)
            : Rows.rate(metric + " warm", LARGE, warm, spreads.get(4), "UCX posix", OF_UCX));
  }
}
