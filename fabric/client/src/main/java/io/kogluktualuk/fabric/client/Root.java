package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Ref;
import java.time.Instant;

/// What a name stands for.
///
/// @param name a path such as `releases/v1`
/// @param revision greater than that of any change of any root before; to be expected by who
///     changes it next ([Roots#compareAndSet])
/// @param ref kept with all that it reaches
/// @param setAt by the clock of the control plane
public record Root(String name, long revision, Ref ref, Instant setAt) {

  static Root of(io.kogluktualuk.controlplane.api.Root root) {
    return new Root(
        root.name().path(), root.revision(), root.ref(), Instant.ofEpochMilli(root.setAtMillis()));
  }
}
