package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// The message that says nothing.
public record Nothing() {

  public static final Codec<Nothing> CODEC =
      new Codec<>() {
        @Override
        public void write(Nothing nothing, CanonicalWriter writer) {}

        @Override
        public Nothing read(CanonicalReader reader) {
          return new Nothing();
        }
      };
}
