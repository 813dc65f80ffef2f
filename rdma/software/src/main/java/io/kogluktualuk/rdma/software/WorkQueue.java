package io.kogluktualuk.rdma.software;

/// A send or receive queue, as a completion queue knows it.
interface WorkQueue {

  /// Completions of the queue were polled: that many of its requests are not outstanding any more.
  /// Called by any thread.
  void onPolled(int requests);
}
