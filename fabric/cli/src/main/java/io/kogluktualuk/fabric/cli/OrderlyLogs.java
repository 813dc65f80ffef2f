package io.kogluktualuk.fabric.cli;

import java.util.logging.LogManager;

/// The JDK's log manager, but one that keeps log files open while a process ends: an orderly stop
/// has things to say, and the JDK closes the files at the same time as it tells the process to end.
///
/// **Threading:** any thread. The JDK makes the only one, see [Main].
public final class OrderlyLogs extends LogManager {

  private volatile boolean isKept;

  /// For the JDK.
  public OrderlyLogs() {}

  /// From now on nothing closes the log files but the end of the process; each line is flushed.
  static void keepToTheEnd() {
    if (LogManager.getLogManager() instanceof OrderlyLogs logs) {
      logs.isKept = true;
    }
  }

  @Override
  public void reset() {
    if (!isKept) {
      super.reset();
    }
  }
}
