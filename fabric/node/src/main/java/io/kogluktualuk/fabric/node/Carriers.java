package io.kogluktualuk.fabric.node;

/// Carrier threads for the virtual threads of this JVM.
///
/// A guest program runs on a virtual thread and is not preempted, so each slot can hold a carrier
/// for long; control calls need carriers besides. The JDK reads its setting when the first virtual
/// thread starts: whoever embeds a cluster after that, and has fewer carriers than slots, sees
/// calls wait for programs.
///
/// **Threading:** one thread, before the servers start.
final class Carriers {

  private static final String PROPERTY = "jdk.virtualThreadScheduler.parallelism";

  /// Control calls, transfers and the log are never behind more than a few busy calls.
  private static final int FOR_CALLS = 4;

  private Carriers() {}

  /// Asks for enough carriers, unless the user has chosen their number.
  static void provide(int slots) {
    if (System.getProperty(PROPERTY) == null) {
      int processors = Runtime.getRuntime().availableProcessors();
      System.setProperty(PROPERTY, Integer.toString(slots + processors + FOR_CALLS));
    }
  }
}
