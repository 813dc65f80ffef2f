package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.Nullable;

/// A fixed budget (arena, disk, queue, message size) has no room for the request.
public final class OutOfSpace extends FabricException {

  static final int TAG = 8;
  private static final long serialVersionUID = 1L;

  public OutOfSpace(String message) {
    this(message, null);
  }

  public OutOfSpace(String message, @Nullable Throwable cause) {
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
