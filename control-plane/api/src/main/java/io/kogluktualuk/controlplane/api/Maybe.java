package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import org.jspecify.annotations.Nullable;

/// A value or its absence, in a message.
public record Maybe<T>(@Nullable T value) {

  static <T> Codec<Maybe<T>> codec(Codec<T> present) {
    return new Codec<>() {
      @Override
      public void write(Maybe<T> maybe, CanonicalWriter writer) {
        T value = maybe.value;
        writer.bool(value != null);
        if (value != null) {
          present.write(value, writer);
        }
      }

      @Override
      public Maybe<T> read(CanonicalReader reader) {
        return new Maybe<>(reader.bool() ? present.read(reader) : null);
      }
    };
  }
}
