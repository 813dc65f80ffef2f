package io.kogluktualuk.memnode.retention;

import io.kogluktualuk.memnode.api.LeaseTerms;
import org.jspecify.annotations.Nullable;

/// What is known of blobs that are about to be sealed.
///
/// @param lease they are held under it from that moment on; null when they are not held
/// @param sinceSeconds they have been left alone since then, see [Pins#quietSince], or
///   [#WHEN_SEALED]
public record Arrival(@Nullable LeaseTerms lease, long sinceSeconds) {

  /// They are as new when they are sealed.
  public static final long WHEN_SEALED = Long.MAX_VALUE;
}
