package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// To how many blobs a call applied.
public record Affected(long count) {

  static Affected read(CanonicalReader reader) {
    return new Affected(reader.varint());
  }

  void write(CanonicalWriter writer) {
    writer.varint(count);
  }
}
