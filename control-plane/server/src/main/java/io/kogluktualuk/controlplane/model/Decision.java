package io.kogluktualuk.controlplane.model;

import java.util.List;

/// What a table has decided to do about a command.
///
/// @param changes to be replayed in this order; none when the state is already as asked
/// @param reply for whoever proposed the command, encoded; do not change it
public record Decision<X>(List<X> changes, byte[] reply) {

  public Decision {
    changes = List.copyOf(changes);
  }
}
