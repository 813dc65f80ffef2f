package io.kogluktualuk.fabric.systemtests;

/// A fault that has been done: how it shows that it hurts, and how it is healed.
///
/// A fault that hurts nothing tests nothing, so each has to show before it is healed, or while it
/// is.
///
/// **Threading:** one thread.
///
/// @param shows waits until it does
/// @param heals ends it, and waits until the node is back
record Wound(Deed shows, Deed heals) {

  /// What may fail.
  interface Deed {
    void run() throws Exception;
  }

  /// One that was seen when it was done, or that shows while it is healed.
  static Wound healedBy(Deed heals) {
    return new Wound(() -> {}, heals);
  }

  Wound shownBy(Deed deed) {
    return new Wound(deed, heals);
  }
}
