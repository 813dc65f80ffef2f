package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.compile.ClassLayout;
import io.kogluktualuk.computenode.vm.machine.GuestInstance;
import io.kogluktualuk.computenode.vm.machine.SharedGlobal;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/// A global that compiled code of one instance has in a field, as the others see it.
///
/// **Threading:** the guest's thread.
final class FieldGlobal extends SharedGlobal {

  private final GuestInstance instance;
  private final ValueType type;
  private final VarHandle value;
  private final @Nullable VarHandle upper;

  FieldGlobal(GuestInstance instance, ValueType type, int index) {
    this.instance = instance;
    this.type = type;
    this.value = field(instance, ClassLayout.globalField(index));
    this.upper = type == ValueType.V128 ? field(instance, ClassLayout.upperField(index)) : null;
  }

  private static VarHandle field(GuestInstance instance, String name) {
    try {
      Field found = instance.getClass().getField(name);
      return MethodHandles.publicLookup().unreflectVarHandle(found);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a compiled module has no field " + name, e);
    }
  }

  @Override
  public long bits() {
    return switch (type) {
      case I32 -> (int) value.get(instance);
      case I64, V128 -> (long) value.get(instance);
      case F32 -> Float.floatToRawIntBits((float) value.get(instance));
      case F64 -> Double.doubleToRawLongBits((double) value.get(instance));
      case FUNCREF, EXTERNREF -> 0;
    };
  }

  @Override
  public void setBits(long bits) {
    switch (type) {
      case I32 -> value.set(instance, (int) bits);
      case I64, V128 -> value.set(instance, bits);
      case F32 -> value.set(instance, Float.intBitsToFloat((int) bits));
      case F64 -> value.set(instance, Double.longBitsToDouble(bits));
      case FUNCREF, EXTERNREF -> throw new IllegalStateException("a reference has no bits");
    }
  }

  @Override
  public long upper() {
    return upper == null ? 0 : (long) upper.get(instance);
  }

  @Override
  public void setUpper(long bits) {
    if (upper != null) {
      upper.set(instance, bits);
    }
  }

  @Override
  public @Nullable Object reference() {
    return type.isReference() ? value.get(instance) : null;
  }

  @Override
  public void setReference(@Nullable Object reference) {
    value.set(instance, reference);
  }
}
