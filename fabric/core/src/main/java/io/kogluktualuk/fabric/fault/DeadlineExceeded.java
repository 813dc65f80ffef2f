package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.Nullable;

/// The time allowed for a call ran out; whether the other side acted is unknown.
public final class DeadlineExceeded extends FabricException {

  static final int TAG = 4;
  private static final long serialVersionUID = 1L;

  public DeadlineExceeded(String message) {
    this(message, null);
  }

  public DeadlineExceeded(String message, @Nullable Throwable cause) {
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
