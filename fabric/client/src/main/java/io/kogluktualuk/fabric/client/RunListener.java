package io.kogluktualuk.fabric.client;

import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.fabric.hash.Hash;

/// Told how a run goes.
///
/// **Threading:** called by a thread of the client, one call at a time, and never after the run's
/// result has been returned.
public interface RunListener {

  /// Hears nothing.
  RunListener SILENT = (_, _) -> {};

  /// @param key the transaction that was asked for
  void onProgress(Hash key, Progress progress);
}
