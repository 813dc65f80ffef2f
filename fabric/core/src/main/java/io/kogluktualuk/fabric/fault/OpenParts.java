package io.kogluktualuk.fabric.fault;

import java.util.ArrayDeque;
import java.util.Deque;

/// What somebody has opened one after the other, to be closed in the opposite order.
///
/// **Threading:** any thread. **Ownership:** of all that is added, until it is closed.
public final class OpenParts implements AutoCloseable {

  private final String owner;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  /// @param owner whose parts these are, for the message when one cannot be closed
  public OpenParts(String owner) {
    this.owner = owner;
  }

  /// Adds what was opened last.
  public synchronized <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  /// Closes all parts, because opening failed; further failures are added to the reason.
  public synchronized void closeBecause(Exception reason) {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        reason.addSuppressed(e);
      }
    }
  }

  /// Closes all parts, whatever happens.
  ///
  /// @throws Unavailable afterwards, when some could not be closed
  @Override
  public void close() {
    Unavailable failure = new Unavailable(owner + " did not close in order");
    closeBecause(failure);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }
}
