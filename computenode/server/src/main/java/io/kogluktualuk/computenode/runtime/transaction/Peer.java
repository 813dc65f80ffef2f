package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.ExecuteReply;
import io.kogluktualuk.computenode.api.ExecuteRequest;
import io.kogluktualuk.computenode.api.HandedOver;
import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.WaitNews;
import io.kogluktualuk.fabric.rpc.Deadline;

/// Another compute node.
///
/// **Threading:** safe for any number of threads. **Errors:**
/// [io.kogluktualuk.fabric.fault.Unavailable] when it is gone or has no free slot.
public interface Peer {

  String name();

  ExecuteReply execute(ExecuteRequest request, Deadline deadline);

  /// Its own share of a run.
  Progress progress(RunId run);

  /// Its own share of a run that has ended here, once what was about to end of it has ended there.
  Progress share(RunId run);

  void cancel(RunId run);

  /// Gives up what it was handed; nothing if it does not have it, or not yet.
  void drop(HandedOver handed);

  /// Says who waits for what it was handed.
  void tell(WaitNews news);
}
