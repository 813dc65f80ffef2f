package io.kogluktualuk.fabric.pipeline;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The wire of an end of a link that is not started: nothing is sent by itself.
final class Nowhere implements Wire {

  @Override
  public void send(byte[] frame) {
    throw new IllegalStateException("not started");
  }

  @Override
  public byte @Nullable [] receive(Duration patience) {
    throw new IllegalStateException("not started");
  }
}
