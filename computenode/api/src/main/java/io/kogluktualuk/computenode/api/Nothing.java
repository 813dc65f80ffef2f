package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// The message that says nothing: a question that needs no words.
public record Nothing() {

  public static final Codec<Nothing> CODEC =
      new Codec<>() {
        @Override
        public void write(Nothing message, CanonicalWriter writer) {}

        @Override
        public Nothing read(CanonicalReader reader) {
          return new Nothing();
        }
      };
}
