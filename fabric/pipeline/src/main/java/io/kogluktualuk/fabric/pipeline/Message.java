package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.hash.Hash;

/// What the two ends of a link tell each other; [Frames] has the layouts.
sealed interface Message {

  /// Who speaks. Both ends begin with it; a new incarnation knows nothing of the former one.
  record Hello(String stage, long incarnation) implements Message {}

  /// Receiver to sender: so much may be under way and not done, in all.
  record Credit(long envelopes, long bytes) implements Message {}

  /// Sender to receiver: an envelope, as it came.
  ///
  /// @param id what the sender calls it
  record Parcel(Hash id, byte[] bytes, int offset, int length) implements Message {}

  /// Receiver to sender: this one is done, with everything downstream.
  record Done(Hash id, Verdict verdict) implements Message {}
}
