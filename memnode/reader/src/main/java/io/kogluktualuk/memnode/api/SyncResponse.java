package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// It is on the device.
public record SyncResponse() {

  static SyncResponse read(CanonicalReader reader) {
    return new SyncResponse();
  }

  void write(CanonicalWriter writer) {
    // That it is answered is the answer.
  }
}
