package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// A node's sign of life.
public record Heartbeat(NodeId id, Load load) {

  public static final Codec<Heartbeat> CODEC =
      new Codec<>() {
        @Override
        public void write(Heartbeat beat, CanonicalWriter writer) {
          NodeId.CODEC.write(beat.id, writer);
          Load.CODEC.write(beat.load, writer);
        }

        @Override
        public Heartbeat read(CanonicalReader reader) {
          return new Heartbeat(NodeId.CODEC.read(reader), Load.CODEC.read(reader));
        }
      };
}
