package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// All that the memo index knows about one transaction.
///
/// @param recordedAtMillis wall-clock time of the control node that proposed the record, since 1970
/// @param hits how often it was looked up since the answering control node started; nobody agrees
///     on it
public record MemoEntry(MemoRecord memo, long recordedAtMillis, long hits) {

  public static final Codec<MemoEntry> CODEC =
      new Codec<>() {
        @Override
        public void write(MemoEntry entry, CanonicalWriter writer) {
          MemoRecord.CODEC.write(entry.memo, writer);
          writer.varint(entry.recordedAtMillis).varint(entry.hits);
        }

        @Override
        public MemoEntry read(CanonicalReader reader) {
          return new MemoEntry(MemoRecord.CODEC.read(reader), reader.varint(), reader.varint());
        }
      };

  public MemoEntry {
    if (recordedAtMillis < 0 || hits < 0) {
      throw new IllegalArgumentException("recorded at " + recordedAtMillis + ", hits " + hits);
    }
  }
}
