package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// The two ends of the audit log that is kept.
///
/// @param sequence the number of the last entry, 0 when there is none
/// @param hash of the last entry
/// @param anchorSequence the number of the last entry that was cut off, 0 when all are kept
/// @param anchor the hash of that entry: what the first kept entry follows
public record AuditHead(long sequence, Hash hash, long anchorSequence, Hash anchor) {

  /// Nothing was ever done.
  public static final AuditHead EMPTY = new AuditHead(0, AuditEntry.NOTHING, 0, AuditEntry.NOTHING);

  static final int ENCODED_BYTES_MAX = 2 * (9 + Hash.BYTES);

  public static final Codec<AuditHead> CODEC =
      new Codec<>() {
        @Override
        public void write(AuditHead head, CanonicalWriter writer) {
          writer.varint(head.sequence).hash(head.hash);
          writer.varint(head.anchorSequence).hash(head.anchor);
        }

        @Override
        public AuditHead read(CanonicalReader reader) {
          long sequence = reader.varint();
          Hash hash = reader.hash();
          return new AuditHead(
              sequence, hash, reader.varint(sequence, "the number of the anchor"), reader.hash());
        }
      };

  public AuditHead {
    Objects.requireNonNull(hash);
    Objects.requireNonNull(anchor);
    if (anchorSequence < 0 || anchorSequence > sequence) {
      throw new IllegalArgumentException("audit from " + anchorSequence + " to " + sequence);
    }
  }
}
