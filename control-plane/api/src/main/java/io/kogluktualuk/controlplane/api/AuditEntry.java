package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// One thing that was done to the fabric, bound to all that was done before.
///
/// ```
/// varint sequence │ hash previous │ varint at │ text who │ text what │ text details
/// ```
///
/// Its [#hash] is the SHA-256 of these bytes; the next entry names it as `previous`.
///
/// @param sequence counts from 1 without gaps
/// @param previous the hash of the entry before, [#NOTHING] for the first
/// @param atMillis in the log's time
/// @param who did it: the name in the certificate, or where the call came from
/// @param what was done, such as `root.set`
/// @param details in words, at most [#DETAILS_BYTES_MAX]; may be empty
public record AuditEntry(
    long sequence, Hash previous, long atMillis, String who, String what, String details) {

  public static final int WHO_BYTES_MAX = 256;
  public static final int WHAT_BYTES_MAX = 64;
  public static final int DETAILS_BYTES_MAX = 512;

  /// What the first entry follows.
  public static final Hash NOTHING = Hash.ofBytes(new byte[Hash.BYTES]);

  static final int ENCODED_BYTES_MAX =
      9 + Hash.BYTES + 9 + 2 + WHO_BYTES_MAX + 1 + WHAT_BYTES_MAX + 2 + DETAILS_BYTES_MAX;
  static final int ENCODED_BYTES_MIN = 1 + Hash.BYTES + 1 + 2 + 2 + 1;

  public static final Codec<AuditEntry> CODEC =
      new Codec<>() {
        @Override
        public void write(AuditEntry entry, CanonicalWriter writer) {
          writer.varint(entry.sequence).hash(entry.previous).varint(entry.atMillis);
          writer.text(entry.who).text(entry.what).text(entry.details);
        }

        @Override
        public AuditEntry read(CanonicalReader reader) {
          long sequence = reader.varint();
          if (sequence == 0) {
            throw reader.malformed("an audit entry has number 0");
          }
          return new AuditEntry(
              sequence,
              reader.hash(),
              reader.varint(),
              Texts.read(WHO_BYTES_MAX, "who did it", reader),
              Texts.read(WHAT_BYTES_MAX, "what was done", reader),
              reader.text(DETAILS_BYTES_MAX, "the details"));
        }
      };

  public AuditEntry {
    Objects.requireNonNull(previous);
    Numbers.checkNotNegative(atMillis, "the time of an audit entry");
    Texts.check(who, WHO_BYTES_MAX, "who did it");
    Texts.check(what, WHAT_BYTES_MAX, "what was done");
    if (!details.isEmpty()) {
      Texts.check(details, DETAILS_BYTES_MAX, "the details");
    }
    if (sequence <= 0) {
      throw new IllegalArgumentException("audit entry " + sequence);
    }
  }

  /// What the next entry has to name.
  public Hash hash() {
    CanonicalWriter writer = new CanonicalWriter();
    CODEC.write(this, writer);
    return Hash.of(writer.toBytes());
  }
}
