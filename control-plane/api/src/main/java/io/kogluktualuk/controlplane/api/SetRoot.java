package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Sets or takes away a root, if it is still as the caller has seen it.
///
/// @param expectedRevision as last seen; 0 when it must not exist; null when it does not matter
/// @param ref what it shall name; null takes the root away
public record SetRoot(
    RequestId request, RootName name, @Nullable Long expectedRevision, @Nullable Ref ref) {

  private static final Codec<Maybe<Long>> EXPECTED = Maybe.codec(Numbers.CODEC);
  private static final Codec<Maybe<Ref>> REF = Maybe.codec(Ref.CODEC);

  public static final Codec<SetRoot> CODEC =
      new Codec<>() {
        @Override
        public void write(SetRoot ask, CanonicalWriter writer) {
          RequestId.CODEC.write(ask.request, writer);
          RootName.CODEC.write(ask.name, writer);
          EXPECTED.write(new Maybe<>(ask.expectedRevision), writer);
          REF.write(new Maybe<>(ask.ref), writer);
        }

        @Override
        public SetRoot read(CanonicalReader reader) {
          return new SetRoot(
              RequestId.CODEC.read(reader),
              RootName.CODEC.read(reader),
              EXPECTED.read(reader).value(),
              REF.read(reader).value());
        }
      };

  public SetRoot {
    Objects.requireNonNull(request);
    Objects.requireNonNull(name);
    if (expectedRevision != null) {
      Numbers.checkNotNegative(expectedRevision, "the expected revision");
    }
  }
}
