package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.Nullable;

/// A peer cannot be reached, went away, or is not ready yet.
public final class Unavailable extends FabricException {

  static final int TAG = 10;
  private static final long serialVersionUID = 1L;

  public Unavailable(String message) {
    this(message, null);
  }

  public Unavailable(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public Category category() {
    return Category.RETRY;
  }

  @Override
  public int tag() {
    return TAG;
  }
}
