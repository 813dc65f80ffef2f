package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.List;

/// The control calls that a control node answers. Numbers 100–199; never renumbered.
public final class ControlMethods {

  /// 200 outcomes of 138 bytes at most fit into a message.
  public static final int LOOKUP_KEYS_MAX = 200;

  /// 120 memo records of 245 bytes at most fit into a message.
  public static final int RECORDS_MAX = 120;

  private static final int OUTCOME_BYTES_MIN = 1;
  private static final int MEMO_RECORD_BYTES_MIN = Hash.BYTES + 2 + 1 + 3 * 34 + 2 + 1;

  /// Joins, or changes what the fabric knows about a member. Answers with the new epoch.
  public static final Method<MemberInfo, Members> REGISTER =
      new Method<>(100, "control.register", MemberInfo.CODEC, Members.CODEC, true);

  /// A sign of life. [io.kogluktualuk.fabric.fault.NotFound] when the node must register first.
  public static final Method<Heartbeat, Nothing> HEARTBEAT =
      new Method<>(101, "control.heartbeat", Heartbeat.CODEC, Nothing.CODEC, true);

  /// The members with ids greater than the one given, or all.
  public static final Method<Maybe<NodeId>, Members> MEMBERS =
      new Method<>(102, "control.members", Maybe.codec(NodeId.CODEC), Members.CODEC, true);

  /// Leaves for good. A node that is not there is fine.
  public static final Method<NodeId, Nothing> FORGET =
      new Method<>(103, "control.forget", NodeId.CODEC, Nothing.CODEC, true);

  /// For each key, in order, its outcome if known.
  public static final Method<List<Hash>, List<Maybe<Outcome>>> LOOKUP =
      new Method<>(
          110,
          "control.lookup",
          Lists.codec(Hashes.CODEC, LOOKUP_KEYS_MAX, Hash.BYTES, "the keys"),
          Lists.codec(
              Maybe.codec(Outcome.CODEC), LOOKUP_KEYS_MAX, OUTCOME_BYTES_MIN, "the outcomes"),
          true);

  /// Makes outcomes known. Answers for each, in order, what became of it.
  public static final Method<List<MemoRecord>, List<Recorded>> RECORD =
      new Method<>(
          111,
          "control.record",
          Lists.codec(MemoRecord.CODEC, RECORDS_MAX, MEMO_RECORD_BYTES_MIN, "the memo records"),
          Lists.codec(Recorded.CODEC, RECORDS_MAX, 1, "the fates"),
          true);

  /// All about one transaction. [io.kogluktualuk.fabric.fault.NotFound] when there is no record.
  public static final Method<Hash, MemoEntry> EXPLAIN =
      new Method<>(112, "control.explain", Hashes.CODEC, MemoEntry.CODEC, true);

  /// The transactions whose output has a hash with this prefix.
  public static final Method<HashPrefix, Keys> PRODUCERS_OF =
      new Method<>(113, "control.producers-of", HashPrefix.CODEC, Keys.CODEC, true);

  /// The transactions whose key has this prefix.
  public static final Method<HashPrefix, Keys> RESOLVE_PREFIX =
      new Method<>(114, "control.resolve-prefix", HashPrefix.CODEC, Keys.CODEC, true);

  /// How this control node is doing.
  public static final Method<Nothing, ControlStatus> STATUS =
      new Method<>(190, "control.status", Nothing.CODEC, ControlStatus.CODEC, true);

  static {
    // Said here once, so that a change of a limit cannot make a message too long.
    assert LOOKUP_KEYS_MAX * 139 + 2 <= Channel.MESSAGE_BYTES_MAX;
    assert RECORDS_MAX * 246 + 2 <= Channel.MESSAGE_BYTES_MAX;
  }

  private ControlMethods() {}
}
