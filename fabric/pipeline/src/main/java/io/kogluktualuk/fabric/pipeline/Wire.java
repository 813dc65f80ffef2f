package io.kogluktualuk.fabric.pipeline;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Carries frames between two stages, in both directions: what stages are connected by.
///
/// A wire may lose frames, but says so: [#receive] throws [Unavailable] once after anything may
/// have been lost, and works again afterwards, over a new connection for instance. It may give a
/// frame twice. Between losses it keeps the order.
///
/// **Threading:** one thread sends while another one receives. **Ownership:** a frame belongs to
/// the wire once it is given to it, and to the receiver once it is returned.
/// **Bound:** frames of at most [#FRAME_MAX] bytes; longer ones from outside are refused, with
/// bounded memory. What waits to be received or sent is bounded by each wire.
///
/// [Unavailable]: io.kogluktualuk.fabric.fault.Unavailable
public interface Wire extends AutoCloseable {

  /// The longest frame: three of the largest envelopes.
  int FRAME_MAX = 256 * 1024;

  /// Sends a frame; waits while the other side is slow to take it.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Unavailable when it may be lost
  /// @throws io.kogluktualuk.fabric.fault.AlreadyClosed after [#close]
  void send(byte[] frame);

  /// The next frame, or null when none has come within the patience.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Unavailable when frames may have been lost; once
  ///     for each time
  /// @throws io.kogluktualuk.fabric.fault.AlreadyClosed after [#close], and when it has ended
  ///     for good
  byte @Nullable [] receive(Duration patience);

  /// Lets go of what it has; who waits is told.
  @Override
  default void close() {}
}
