package io.kogluktualuk.fabric.transaction;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;

/// A node of the trace trie, and a transaction whose trace goes on from there.
///
/// There is one for each trace: where it leaves those that were known before. What lies between
/// two of them is in the traces themselves.
///
/// ```
/// node 32 bytes │ key 32 bytes
/// ```
public record TraceEntry(Hash node, Hash key) {

  public static final int ENCODED_BYTES = 2 * Hash.BYTES;

  public static final Codec<TraceEntry> CODEC =
      new Codec<>() {
        @Override
        public void write(TraceEntry entry, CanonicalWriter writer) {
          writer.hash(entry.node).hash(entry.key);
        }

        @Override
        public TraceEntry read(CanonicalReader reader) {
          return new TraceEntry(reader.hash(), reader.hash());
        }
      };
}
