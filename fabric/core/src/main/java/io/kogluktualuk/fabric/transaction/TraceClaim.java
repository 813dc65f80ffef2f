package io.kogluktualuk.fabric.transaction;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import org.jspecify.annotations.Nullable;

/// A claim to a node of the trace trie.
///
/// Who has a node keeps it, unless the claim says that nothing is known any more of just that
/// transaction: its outcome was forgotten, or its trace is lost.
///
/// ```
/// node 32 bytes │ key 32 bytes │ u8 1 + key 32 bytes of who has it in vain, or u8 0
/// ```
///
/// @param instead who leads nowhere; null when nobody is known to
public record TraceClaim(TraceEntry entry, @Nullable Hash instead) {

  public static final int ENCODED_BYTES_MAX = TraceEntry.ENCODED_BYTES + 1 + Hash.BYTES;

  public static final int ENCODED_BYTES_MIN = TraceEntry.ENCODED_BYTES + 1;

  public static final Codec<TraceClaim> CODEC =
      new Codec<>() {
        @Override
        public void write(TraceClaim claim, CanonicalWriter writer) {
          TraceEntry.CODEC.write(claim.entry, writer);
          Hash instead = claim.instead;
          writer.bool(instead != null);
          if (instead != null) {
            writer.hash(instead);
          }
        }

        @Override
        public TraceClaim read(CanonicalReader reader) {
          TraceEntry entry = TraceEntry.CODEC.read(reader);
          return new TraceClaim(entry, reader.bool() ? reader.hash() : null);
        }
      };

  /// A claim to a node that nobody is known to have.
  public static TraceClaim of(Hash node, Hash key) {
    return new TraceClaim(new TraceEntry(node, key), null);
  }
}
