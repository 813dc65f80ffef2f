package io.kogluktualuk.controlplane.model.actions;

import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.List;

/// How a memo lies in the [MemoStore].
///
/// ```
/// key 32 bytes │ outcome │ varint producer │ varint recorded at │ varint duration
/// ```
final class MemoLayout {

  private MemoLayout() {}

  static void write(MemoChange.Known known, int producer, CanonicalWriter writer) {
    writer.hash(known.memo().key());
    Outcome.CODEC.write(known.memo().outcome(), writer);
    writer.varint(producer).varint(known.atMillis()).varint(known.memo().durationNanos());
  }

  static Outcome outcome(byte[] bytes, int offset) {
    return Outcome.CODEC.read(reader(bytes, offset + Hash.BYTES));
  }

  static MemoChange.Known known(byte[] bytes, int offset, List<String> producers) {
    CanonicalReader reader = reader(bytes, offset);
    Hash key = reader.hash();
    Outcome outcome = Outcome.CODEC.read(reader);
    String producer = producers.get((int) reader.varint());
    long atMillis = reader.varint();
    return new MemoChange.Known(new MemoRecord(key, outcome, producer, reader.varint()), atMillis);
  }

  /// Writes a memo as a [MemoChange.Known] is encoded, without making one.
  static void writeChange(
      byte[] bytes, int offset, List<String> producers, CanonicalWriter writer) {
    CanonicalReader reader = reader(bytes, offset + Hash.BYTES);
    int before = reader.remaining();
    skipOutcome(reader);
    int alike = Hash.BYTES + before - reader.remaining();
    String producer = producers.get((int) reader.varint());
    long atMillis = reader.varint();
    writer.u8(MemoChange.KNOWN).raw(bytes, offset, alike);
    writer.text(producer).varint(reader.varint()).varint(atMillis);
  }

  private static void skipOutcome(CanonicalReader reader) {
    reader.u8(); // how it ended
    reader.varint(); // the detail of that
    reader.varint(); // fuel used
    for (int ref = 0; ref < 3; ref++) {
      reader.u8(); // the kind
      reader.skip(Hash.BYTES, "a hash");
      reader.varint(); // the length
    }
  }

  static Hash key(byte[] bytes, int offset) {
    return reader(bytes, offset).hash();
  }

  /// The hash of a memo's output, without looking at the rest.
  static Hash output(byte[] bytes, int offset) {
    CanonicalReader reader = reader(bytes, offset + Hash.BYTES);
    Ending.CODEC.read(reader);
    reader.varint(); // fuel used
    reader.u8(); // the kind of the output
    return reader.hash();
  }

  /// The number of who recorded a memo.
  static int producer(byte[] bytes, int offset) {
    CanonicalReader reader = reader(bytes, offset + Hash.BYTES);
    skipOutcome(reader);
    return (int) reader.varint();
  }

  /// When a memo was recorded.
  static long atMillis(byte[] bytes, int offset) {
    CanonicalReader reader = reader(bytes, offset + Hash.BYTES);
    skipOutcome(reader);
    reader.varint(); // the producer
    return reader.varint();
  }

  private static CanonicalReader reader(byte[] bytes, int offset) {
    return new CanonicalReader("memo", bytes, offset, bytes.length - offset);
  }
}
