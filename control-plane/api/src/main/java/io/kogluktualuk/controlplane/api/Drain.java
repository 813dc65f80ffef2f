package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// Asks that a member empties itself before it leaves, or that it need not any more.
public record Drain(NodeId id, boolean isDraining) {

  public static final Codec<Drain> CODEC =
      new Codec<>() {
        @Override
        public void write(Drain drain, CanonicalWriter writer) {
          NodeId.CODEC.write(drain.id, writer);
          writer.bool(drain.isDraining);
        }

        @Override
        public Drain read(CanonicalReader reader) {
          return new Drain(NodeId.CODEC.read(reader), reader.bool());
        }
      };

  public Drain {
    Objects.requireNonNull(id);
  }
}
