package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.Nullable;

/// A lease has lapsed, was ended or has been taken over: its holder has to get another one.
public final class StaleLease extends FabricException {

  static final int TAG = 12;
  private static final long serialVersionUID = 1L;

  public StaleLease(String message) {
    this(message, null);
  }

  public StaleLease(String message, @Nullable Throwable cause) {
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
