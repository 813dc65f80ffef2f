package io.kogluktualuk.fabric.cli;

/// What happens when the process is told to end.
///
/// **Threading:** stateless.
final class Interrupts {

  private Interrupts() {}

  /// Takes back a shutdown hook, unless the process is ending already.
  static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It runs, or is about to: nothing to take back.
      assert !hook.isInterrupted() : e;
    }
  }
}
