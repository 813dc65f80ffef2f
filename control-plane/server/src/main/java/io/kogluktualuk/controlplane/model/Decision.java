package io.kogluktualuk.controlplane.model;

import java.util.List;

/// What a table has decided to do about a command.
///
/// @param changes to be replayed in this order; none when the state is already as asked
/// @param reply for whoever proposed the command, encoded; do not change it
/// @param effects on other tables, in this order
public record Decision<X>(List<X> changes, byte[] reply, List<Effect> effects) {

  public Decision {
    changes = List.copyOf(changes);
    effects = List.copyOf(effects);
  }

  public Decision(List<X> changes, byte[] reply) {
    this(changes, reply, List.of());
  }
}
