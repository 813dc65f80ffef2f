package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// A number that is not negative, as a message.
final class Numbers {

  static final Codec<Long> CODEC =
      new Codec<>() {
        @Override
        public void write(Long number, CanonicalWriter writer) {
          writer.varint(number);
        }

        @Override
        public Long read(CanonicalReader reader) {
          return reader.varint();
        }
      };

  private Numbers() {}

  static void checkNotNegative(long number, String meaning) {
    if (number < 0) {
      throw new IllegalArgumentException(meaning + ": " + number);
    }
  }
}
