package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.Nullable;

/// The other side understood the request and will not do it.
public final class Refused extends FabricException {

  static final int TAG = 9;
  private static final long serialVersionUID = 1L;

  public Refused(String message) {
    this(message, null);
  }

  public Refused(String message, @Nullable Throwable cause) {
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
