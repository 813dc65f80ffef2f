package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// Asks a node what it has.
public record DescribeRequest() {

  static DescribeRequest read(CanonicalReader reader) {
    return new DescribeRequest();
  }

  void write(CanonicalWriter writer) {
    // The call itself is the question.
  }
}
