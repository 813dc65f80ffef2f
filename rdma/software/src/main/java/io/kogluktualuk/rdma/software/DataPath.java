package io.kogluktualuk.rdma.software;

import java.io.IOException;

/// How the work requests of one connected queue pair reach its peer.
///
/// **Threading:** any thread. A path takes its own locks before those of completion queues.
interface DataPath {

  /// Posts requests in order. They are copied: the caller may change them afterwards.
  ///
  /// @throws IOException when the send queue is full; the requests before the one that did not fit
  ///     are posted
  void send(SendRequest[] requests) throws IOException;

  /// Posts RECVs in order.
  ///
  /// @throws IOException when the receive queue is full
  void receive(ReceiveRequest[] requests) throws IOException;

  /// Does what can be done now; called by whoever polls or is about to wait.
  void progress();

  /// Whether [#progress] would find something.
  boolean hasWork();

  /// Called before a thread sleeps that has polled so far; whether it has to look again without
  /// being woken.
  boolean prepareToSleep();

  /// The queue pair has failed or its peer is gone: flushes what that flushes.
  void onStateChange();

  /// The queue pair is being destroyed: when this returns, nothing completes and no memory of the
  /// program is touched any more.
  void end();
}
