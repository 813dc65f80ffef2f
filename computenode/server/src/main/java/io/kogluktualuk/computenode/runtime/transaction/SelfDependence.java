package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.List;

/// Unwinds a transaction that has asked for a value which needs its own outcome.
///
/// Carries no stack trace: it never leaves the runtime.
final class SelfDependence extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Hash> cycle;

  SelfDependence(List<Hash> cycle) {
    super("a transaction needs its own outcome", null, false, false);
    this.cycle = cycle;
  }

  List<Hash> cycle() {
    return cycle;
  }
}
