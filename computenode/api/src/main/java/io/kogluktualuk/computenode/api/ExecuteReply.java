package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The answer to an [ExecuteRequest]. Everything that the outcome names is stored.
///
/// ```
/// outcome │ disposition │ varint n │ { hash } … │ u8 is long │ ref, if it is
/// ```
///
/// @param outcome of the transaction
/// @param disposition whether it ran for this request
/// @param cycle when it needs its own outcome: all transactions on the way from it back to it
/// @param longCycle the same when they are more than [#CYCLE_MAX]: a content of their keys, one
///     after the other; else null
public record ExecuteReply(
    Outcome outcome, Disposition disposition, List<Hash> cycle, @Nullable Ref longCycle) {

  /// What fits the message: a chain of waiting transactions on each of two nodes.
  public static final int CYCLE_MAX = 2 * ExecuteRequest.DEPTH_MAX;

  public static final Codec<ExecuteReply> CODEC =
      new Codec<>() {
        @Override
        public void write(ExecuteReply reply, CanonicalWriter writer) {
          Outcome.CODEC.write(reply.outcome, writer);
          Disposition.CODEC.write(reply.disposition, writer);
          ExecuteRequest.Hashes.write(reply.cycle, writer);
          writer.bool(reply.longCycle != null);
          if (reply.longCycle != null) {
            Ref.CODEC.write(reply.longCycle, writer);
          }
        }

        @Override
        public ExecuteReply read(CanonicalReader reader) {
          return new ExecuteReply(
              Outcome.CODEC.read(reader),
              Disposition.CODEC.read(reader),
              ExecuteRequest.Hashes.read(
                  CYCLE_MAX, "the number of transactions in a cycle", reader),
              reader.bool() ? Ref.CODEC.read(reader) : null);
        }
      };

  public ExecuteReply {
    cycle = List.copyOf(cycle);
    if (cycle.size() > CYCLE_MAX) {
      throw new IllegalArgumentException("a cycle of " + cycle.size() + " is beyond " + CYCLE_MAX);
    }
  }
}
