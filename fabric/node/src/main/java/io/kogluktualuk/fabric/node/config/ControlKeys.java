package io.kogluktualuk.fabric.node.config;

import io.kogluktualuk.controlplane.server.ControlSettings;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.paxoslog.api.LogPeer;
import java.time.Duration;
import java.util.List;

/// The keys of a control node.
///
/// **Threading:** constants.
final class ControlKeys {

  private static final Duration MILLI = Duration.ofMillis(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  static final Key<List<LogPeer>> PEERS =
      Key.standard(
          "control.peers",
          Types.peers(),
          List.of(),
          "All control nodes, this one included, as NAME=HOST:PORT; the ports are those of the log.\n"
              + "The same list at each of them. Empty: this node is the only one.");

  static final Key<Boolean> JOINING =
      Key.standard(
          "control.joining",
          Types.truth(),
          false,
          "Whether it is to be added to control nodes that exist already: it starts empty and waits\n"
              + "until it is made a member. Of no effect once it is one.");

  static final Key<Integer> MEMO_SHARDS =
      Key.standard(
          "control.memo-shards",
          Types.whole(1, ControlSettings.MEMO_SHARDS_MAX),
          1,
          "Over how many logs the memo index is spread: fixed when the cluster is formed, the same\n"
              + "at each control node. 1: it shares the log of everything else.");

  static final Key<Duration> SILENT_AFTER =
      Key.standard(
          "control.silent-after",
          Types.duration(Duration.ofMillis(100), Duration.ofHours(1)),
          Duration.ofSeconds(5),
          "A member that is not heard of for so long is taken for silent.");

  static final Key<Duration> LOST_AFTER =
      Key.optional(
          "control.lost-after",
          Types.duration(Duration.ofMillis(100), Duration.ofDays(1)),
          "twice silent-after",
          "One that is not heard of for so long is agreed to be lost, until it is heard again: the\n"
              + "other memory nodes make the copies that it was to have.");

  static final Key<Duration> COMMIT_TIMEOUT =
      Key.standard(
          "control.commit-timeout",
          Types.duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
          Duration.ofSeconds(10),
          "How long an entry may take to be agreed on before its callers are told.");

  static final Key<Duration> ELECTION_TIMEOUT_MIN =
      Key.standard(
          "control.election-timeout-min",
          Types.duration(MILLI, MINUTE),
          Duration.ofMillis(300),
          "A follower waits at least so long for its leader before it stands for election.");

  static final Key<Duration> ELECTION_TIMEOUT_MAX =
      Key.standard(
          "control.election-timeout-max",
          Types.duration(MILLI, MINUTE),
          Duration.ofMillis(600),
          "And at most so long: usually twice the minimum.");

  static final Key<Duration> START_TIMEOUT =
      Key.standard(
          "control.start-timeout",
          Types.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
          MINUTE,
          "How long a start waits until the control nodes have a leader.");

  static final Key<ByteCount> SNAPSHOT_AFTER_SIZE =
      Key.standard(
          "control.snapshot-after-size",
          Types.size(new ByteCount(64 << 10), ByteCount.gibibytes(64)),
          ByteCount.mebibytes(64),
          "So much of log since the last snapshot asks for the next one.");

  static final Key<Long> SNAPSHOT_AFTER_ENTRIES =
      Key.standard(
          "control.snapshot-after-entries",
          Types.count(1, 1_000_000_000),
          200_000L,
          "So many entries of log do, however short they are.");

  static final List<Key<?>> ALL =
      List.of(
          PEERS,
          JOINING,
          MEMO_SHARDS,
          SILENT_AFTER,
          LOST_AFTER,
          COMMIT_TIMEOUT,
          ELECTION_TIMEOUT_MIN,
          ELECTION_TIMEOUT_MAX,
          START_TIMEOUT,
          SNAPSHOT_AFTER_SIZE,
          SNAPSHOT_AFTER_ENTRIES);

  private ControlKeys() {}
}
