package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.Nullable;

/// Something that was named does not exist: a hash, a path, a transaction, a node.
public final class NotFound extends FabricException {

  static final int TAG = 7;
  private static final long serialVersionUID = 1L;

  public NotFound(String message) {
    this(message, null);
  }

  public NotFound(String message, @Nullable Throwable cause) {
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
