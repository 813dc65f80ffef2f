package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.Nullable;

/// An account has no space credits left: bytes that may not be evicted have taken them all.
public final class OutOfCredits extends FabricException {

  static final int TAG = 11;
  private static final long serialVersionUID = 1L;

  public OutOfCredits(String message) {
    this(message, null);
  }

  public OutOfCredits(String message, @Nullable Throwable cause) {
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
