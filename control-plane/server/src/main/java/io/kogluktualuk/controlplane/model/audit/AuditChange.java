package io.kogluktualuk.controlplane.model.audit;

import io.kogluktualuk.controlplane.api.AuditEntry;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;

/// What may happen to the audit log. Tags are never renumbered.
public sealed interface AuditChange {

  /// One thing more was done.
  record Added(AuditEntry entry) implements AuditChange {}

  /// What came before was cut off: the beginning of a frozen log.
  record Anchored(long sequence, Hash hash) implements AuditChange {}

  default byte[] toBytes() {
    CanonicalWriter writer = new CanonicalWriter();
    switch (this) {
      case Added added -> AuditEntry.CODEC.write(added.entry(), writer.u8(1));
      case Anchored(long sequence, Hash hash) -> writer.u8(2).varint(sequence).hash(hash);
    }
    return writer.toBytes();
  }

  static AuditChange read(CanonicalReader reader) {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Added(AuditEntry.CODEC.read(reader));
      case 2 -> new Anchored(reader.varint(), reader.hash());
      default -> throw reader.malformed("no audit change has tag " + tag);
    };
  }
}
