package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.Objects;

/// What a compute node found out: the outcome of a transaction.
///
/// ```
/// key 32 bytes │ outcome │ text producer │ varint duration
/// ```
///
/// @param key the transaction's key
/// @param producer the name of the node that ran it
/// @param durationNanos how long it ran there, without the waiting
public record MemoRecord(Hash key, Outcome outcome, String producer, long durationNanos) {

  public static final Codec<MemoRecord> CODEC =
      new Codec<>() {
        @Override
        public void write(MemoRecord memo, CanonicalWriter writer) {
          writer.hash(memo.key);
          Outcome.CODEC.write(memo.outcome, writer);
          writer.text(memo.producer).varint(memo.durationNanos);
        }

        @Override
        public MemoRecord read(CanonicalReader reader) {
          Hash key = reader.hash();
          Outcome outcome = Outcome.CODEC.read(reader);
          String producer = reader.text(MemberInfo.NAME_BYTES_MAX, "the name of a producer");
          if (producer.isEmpty()) {
            throw reader.malformed("a memo record has no producer");
          }
          return new MemoRecord(key, outcome, producer, reader.varint());
        }
      };

  public MemoRecord {
    Objects.requireNonNull(key);
    Objects.requireNonNull(outcome);
    Texts.check(producer, MemberInfo.NAME_BYTES_MAX, "the name of a producer");
    if (durationNanos < 0) {
      throw new IllegalArgumentException("a duration of " + durationNanos + " ns");
    }
  }
}
