package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// Asks a node how full it is.
public record StatusRequest() {

  static StatusRequest read(CanonicalReader reader) {
    return new StatusRequest();
  }

  void write(CanonicalWriter writer) {
    // The call itself is the question.
  }
}
