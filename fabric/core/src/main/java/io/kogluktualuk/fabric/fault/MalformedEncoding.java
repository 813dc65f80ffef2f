package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.Nullable;

/// Foreign bytes or text do not follow their format; the message names the position.
public final class MalformedEncoding extends FabricException {

  static final int TAG = 6;
  private static final long serialVersionUID = 1L;

  public MalformedEncoding(String message) {
    this(message, null);
  }

  public MalformedEncoding(String message, @Nullable Throwable cause) {
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
