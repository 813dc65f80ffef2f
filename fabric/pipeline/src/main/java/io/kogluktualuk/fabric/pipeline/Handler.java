package io.kogluktualuk.fabric.pipeline;

import java.util.List;

/// What a stage does: from an envelope, and a look at its bytes if it wants one, to envelopes.
///
/// It may be called more than once for the same envelope, after a failure here or elsewhere, and
/// should give the same outputs then: equal outputs are sent on once.
///
/// **Threading:** as many threads as the stage has lanes. **Errors:** what it throws is a failed
/// attempt; after some the envelope is set aside.
@FunctionalInterface
public interface Handler {

  /// @return the outputs, in order; empty for none. What they refer to must stay valid until the
  ///     next call on this thread
  List<Output> handle(Input input) throws Exception;
}
