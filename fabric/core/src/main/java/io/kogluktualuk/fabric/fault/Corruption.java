package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.Nullable;

/// Bytes are not what their hash or checksum says; the evidence is kept, the bytes are not used.
public final class Corruption extends FabricException {

  static final int TAG = 3;
  private static final long serialVersionUID = 1L;

  public Corruption(String message) {
    this(message, null);
  }

  public Corruption(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public Category category() {
    return Category.FATAL;
  }

  @Override
  public int tag() {
    return TAG;
  }
}
