package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// A node's sign of life.
///
/// @param incarnation drawn at random when the node starts: another one than before tells that it
///     was started again, however short it was away; at least 1
public record Heartbeat(NodeId id, long incarnation, Load load) {

  public static final Codec<Heartbeat> CODEC =
      new Codec<>() {
        @Override
        public void write(Heartbeat beat, CanonicalWriter writer) {
          NodeId.CODEC.write(beat.id, writer);
          writer.varint(beat.incarnation);
          Load.CODEC.write(beat.load, writer);
        }

        @Override
        public Heartbeat read(CanonicalReader reader) {
          NodeId id = NodeId.CODEC.read(reader);
          long incarnation = reader.varint();
          if (incarnation < 1) {
            throw reader.malformed("an incarnation of " + incarnation + ", at least 1");
          }
          return new Heartbeat(id, incarnation, Load.CODEC.read(reader));
        }
      };

  public Heartbeat {
    if (incarnation < 1) {
      throw new IllegalArgumentException("incarnation " + incarnation + ", at least 1");
    }
  }
}
