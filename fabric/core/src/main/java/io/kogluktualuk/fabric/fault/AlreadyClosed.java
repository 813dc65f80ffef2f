package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.Nullable;

/// Something was used after it was closed, or while it was closing.
public final class AlreadyClosed extends FabricException {

  static final int TAG = 1;
  private static final long serialVersionUID = 1L;

  public AlreadyClosed(String message) {
    this(message, null);
  }

  public AlreadyClosed(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public Category category() {
    return Category.FAIL;
  }

  @Override
  public int tag() {
    return TAG;
  }
}
