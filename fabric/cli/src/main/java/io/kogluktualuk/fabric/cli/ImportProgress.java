package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.ImportListener;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/// A line that says how far an import is, for somebody who watches.
///
/// **Threading:** one thread.
final class ImportProgress implements ImportListener, AutoCloseable {

  private static final long EVERY_NANOS = Duration.ofMillis(200).toNanos();

  /// Returns to the beginning of the line and erases it.
  private static final String ERASE = "\r\u001b[K";

  private final PrintStream err;
  private final boolean isShown;
  private final LongSupplier nanoTime;
  private long toldAt;
  private boolean isOpen;

  ImportProgress(PrintStream err, boolean isShown, LongSupplier nanoTime) {
    this.err = err;
    this.isShown = isShown;
    this.nanoTime = nanoTime;
    this.toldAt = nanoTime.getAsLong();
  }

  /// On a terminal, unless the result is for machines.
  static ImportProgress of(CommonOptions options) {
    Terminal terminal = options.terminal();
    return new ImportProgress(
        terminal.err(), terminal.isErrTerminal() && !options.isJson(), System::nanoTime);
  }

  @Override
  public void progressed(long files, long directories, long bytes) {
    long now = nanoTime.getAsLong();
    if (isShown && now - toldAt >= EVERY_NANOS) {
      toldAt = now;
      isOpen = true;
      err.printf("%s%,d files in %,d directories, %,d MiB", ERASE, files, directories, bytes >> 20);
      err.flush();
    }
  }

  @Override
  public void close() {
    if (isOpen) {
      err.print(ERASE);
      err.flush();
    }
  }
}
