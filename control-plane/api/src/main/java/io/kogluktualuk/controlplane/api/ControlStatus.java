package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.List;

/// How one control node is doing.
///
/// @param node the id of this replica of the log
/// @param role the part it plays in its log, in words
/// @param leader the id of the leader, empty while there is none
/// @param memos outcomes in the memo index
/// @param memoBytes memory the memo index takes at this node
/// @param memoChargedBytes what its outcomes are charged, the same at all nodes
/// @param memoLimitBytes what they may be charged; 0 while nothing has been agreed on
/// @param memosRefused outcomes that found no room, proposed by this node since it started
/// @param hits lookups it has answered with an outcome since it started
/// @param misses lookups it has answered without one since it started
/// @param disagreementCount violations of determinism ever seen
/// @param disagreements the latest of them
/// @param failure why this replica has stopped, empty while it is healthy
public record ControlStatus(
    String node,
    String role,
    String leader,
    long term,
    long appliedIndex,
    long snapshotIndex,
    long membershipEpoch,
    int members,
    long memos,
    long memoBytes,
    long memoChargedBytes,
    long memoLimitBytes,
    long memosRefused,
    long hits,
    long misses,
    long disagreementCount,
    List<Disagreement> disagreements,
    String failure) {

  /// The latest violations that are kept; all are counted.
  public static final int DISAGREEMENTS_MAX = 32;

  private static final int TEXT_BYTES_MAX = 256;
  private static final int FAILURE_BYTES_MAX = 2048;
  private static final int DISAGREEMENT_BYTES_MIN = 32 + 2 * 34 + 2 + 1;

  public static final Codec<ControlStatus> CODEC =
      new Codec<>() {
        @Override
        public void write(ControlStatus s, CanonicalWriter writer) {
          writer.text(s.node).text(s.role).text(s.leader).varint(s.term);
          writer.varint(s.appliedIndex).varint(s.snapshotIndex);
          writer.varint(s.membershipEpoch).varint(s.members);
          writer.varint(s.memos).varint(s.memoBytes);
          writer.varint(s.memoChargedBytes).varint(s.memoLimitBytes).varint(s.memosRefused);
          writer.varint(s.hits).varint(s.misses);
          writer.varint(s.disagreementCount);
          Lists.write(s.disagreements, Disagreement.CODEC, writer);
          writer.text(s.failure);
        }

        @Override
        public ControlStatus read(CanonicalReader reader) {
          return new ControlStatus(
              reader.text(TEXT_BYTES_MAX, "the node"),
              reader.text(TEXT_BYTES_MAX, "the role"),
              reader.text(TEXT_BYTES_MAX, "the leader"),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              (int) reader.varint(Integer.MAX_VALUE, "the number of members"),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              reader.varint(),
              Lists.read(
                  Disagreement.CODEC,
                  DISAGREEMENTS_MAX,
                  DISAGREEMENT_BYTES_MIN,
                  "the disagreements",
                  reader),
              reader.text(FAILURE_BYTES_MAX, "the failure"));
        }
      };

  public ControlStatus {
    disagreements = List.copyOf(disagreements);
    failure = failure.length() <= 500 ? failure : failure.substring(0, 500) + "…";
  }
}
