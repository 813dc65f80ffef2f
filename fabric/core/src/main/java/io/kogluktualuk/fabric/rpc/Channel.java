package io.kogluktualuk.fabric.rpc;

/// A way to make control calls to one peer.
///
/// **Threading:** safe for any number of threads; each call blocks its thread until the response,
/// the deadline or the loss of the peer. Virtual threads are welcome.
/// **Errors:** whatever [io.kogluktualuk.fabric.fault.FabricException] the peer reported is thrown
/// here as the same kind; [io.kogluktualuk.fabric.fault.Unavailable] when the peer is gone;
/// [io.kogluktualuk.fabric.fault.DeadlineExceeded] when the time ran out. No call waits for ever.
/// **Bound:** a message is at most [#MESSAGE_BYTES_MAX] bytes; longer ones fail with
/// [io.kogluktualuk.fabric.fault.OutOfSpace] before anything is sent. Payload never travels here.
public interface Channel extends AutoCloseable {

  /// The largest encoded request or response. Batches are cut to stay below it.
  int MESSAGE_BYTES_MAX = 32 * 1024;

  <Q, R> R call(Method<Q, R> method, Q request, Deadline deadline);

  @Override
  void close();
}
