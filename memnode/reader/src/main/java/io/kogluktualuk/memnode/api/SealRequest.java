package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// Declares a window written.
///
/// @param session who has reserved it
/// @param window its id
/// @param durable whether the answer is to wait until the bytes are on the device, and survive the
///     stop of the machine
public record SealRequest(Tenant tenant, SessionId session, long window, boolean durable) {

  /// Without waiting for the device.
  public SealRequest(Tenant tenant, SessionId session, long window) {
    this(tenant, session, window, false);
  }

  static SealRequest read(CanonicalReader reader) {
    return new SealRequest(
        Tenant.read(reader), SessionId.read(reader), reader.varint(), reader.bool());
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
    session.write(writer);
    writer.varint(window).bool(durable);
  }
}
