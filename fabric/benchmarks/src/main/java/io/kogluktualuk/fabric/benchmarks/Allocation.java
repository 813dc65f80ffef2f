package io.kogluktualuk.fabric.benchmarks;

import java.lang.management.ManagementFactory;

/// How much a JVM has allocated.
///
/// **Threading:** any thread.
final class Allocation {

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocation() {}

  /// The heap bytes that all threads of this process have allocated so far.
  static long ofThisProcess() {
    return THREADS.getTotalThreadAllocatedBytes();
  }
}
