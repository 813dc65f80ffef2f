package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.Nullable;

/// A value given by the user or the calling program is outside what is allowed.
public final class InvalidArgument extends FabricException {

  static final int TAG = 5;
  private static final long serialVersionUID = 1L;

  public InvalidArgument(String message) {
    this(message, null);
  }

  public InvalidArgument(String message, @Nullable Throwable cause) {
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
