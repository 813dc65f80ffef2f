package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.Nullable;

/// Two parties want what only one can have: a port, a state folder, a name, an identity.
public final class Conflict extends FabricException {

  static final int TAG = 2;
  private static final long serialVersionUID = 1L;

  public Conflict(String message) {
    this(message, null);
  }

  public Conflict(String message, @Nullable Throwable cause) {
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
