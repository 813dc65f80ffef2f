package io.kogluktualuk.computenode.vm.machine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// How compiled code reads and writes the bytes of a memory.
public final class Accessors {

  public static final VarHandle SHORT = view(short[].class);
  public static final VarHandle INT = view(int[].class);
  public static final VarHandle LONG = view(long[].class);
  public static final VarHandle FLOAT = view(float[].class);
  public static final VarHandle DOUBLE = view(double[].class);

  private Accessors() {}

  private static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
  }

  /// The address was one of those that are above any memory.
  public static IndexOutOfBoundsException outOfBounds() {
    return new IndexOutOfBoundsException();
  }
}
