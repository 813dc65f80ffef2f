package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// Asks for a standing window: one that may be written to again and again while it lasts, for small
/// blobs that are not worth a reservation each.
///
/// @param session who will write to it
public record StandRequest(Tenant tenant, SessionId session) {

  static StandRequest read(CanonicalReader reader) {
    return new StandRequest(Tenant.read(reader), SessionId.read(reader));
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
    session.write(writer);
  }
}
