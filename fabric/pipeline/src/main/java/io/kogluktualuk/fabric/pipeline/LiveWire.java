package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.FabricException;
import java.util.List;

/// A wire that calls whoever listens, so that no thread need wait at it: what came together is
/// given together, and what is to be said is asked for when the wire can take it.
///
/// A wire need not be live; the two methods of [Wire] are enough. One that is serves either
/// whoever listens, or whoever calls these two.
///
/// **Threading:** it calls on a thread of its own, one call at a time, and other methods than
/// [#wake] and [#close] are for that thread; it must not be kept waiting.
/// **Bound:** as a wire; who listens bounds what comes by [#reading].
public interface LiveWire extends Wire {

  /// Who listens.
  interface Listener {

    /// Frames have come, in order.
    void onFrames(List<byte[]> frames);

    /// Something may be sent: after [#wake], over a new connection, and when what waited to be
    /// sent has gone.
    void onTurn();

    /// Frames may have been lost; it goes on over a new connection.
    void onLost(FabricException reason);

    /// The wire has ended for good, unless it was closed by who listens.
    void onEnded();
  }

  /// Calls somebody from now on, for good.
  void listen(Listener listener);

  /// Has [Listener#onTurn] called, unless nothing can be sent now. From any thread.
  void wake();

  /// Sends a frame, as a part of an array that stays its owner's. From [Listener#onTurn] only.
  void post(byte[] frame, int length);

  /// Whether more is to be read. A wire begins by reading.
  void reading(boolean is);
}
