package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// Asks a node what it has of a tenant.
public record DescribeRequest(Tenant tenant) {

  static DescribeRequest read(CanonicalReader reader) {
    return new DescribeRequest(Tenant.read(reader));
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
  }
}
