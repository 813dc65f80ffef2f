package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;

/// A name that keeps all it reaches from being collected.
///
/// @param revision greater than that of any change of any root before
/// @param setAtMillis in the log's time
public record Root(RootName name, long revision, Ref ref, long setAtMillis) {

  static final int ENCODED_BYTES_MAX = 2 + RootName.LENGTH_MAX + 9 + 1 + 32 + 9 + 9;
  static final int ENCODED_BYTES_MIN = 2 + 1 + Ref.ENCODED_BYTES_MIN + 1;

  public static final Codec<Root> CODEC =
      new Codec<>() {
        @Override
        public void write(Root root, CanonicalWriter writer) {
          RootName.CODEC.write(root.name, writer);
          writer.varint(root.revision);
          Ref.CODEC.write(root.ref, writer);
          writer.varint(root.setAtMillis);
        }

        @Override
        public Root read(CanonicalReader reader) {
          RootName name = RootName.CODEC.read(reader);
          long revision = reader.varint();
          if (revision == 0) {
            throw reader.malformed("root " + name + " has revision 0");
          }
          return new Root(name, revision, Ref.CODEC.read(reader), reader.varint());
        }
      };

  public Root {
    Objects.requireNonNull(name);
    Objects.requireNonNull(ref);
    Numbers.checkNotNegative(setAtMillis, "the time of a root");
    if (revision <= 0) {
      throw new IllegalArgumentException("root " + name + " has revision " + revision);
    }
  }
}
