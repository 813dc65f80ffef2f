package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.GuestInstance;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Calls compiled functions with their values packed into two arrays, in which a value has the
/// place of its number, vectors counting twice.
final class PackedCalls {

  private PackedCalls() {}

  /// Calls a function of an instance; its results are in the arrays afterwards.
  ///
  /// @throws Throwable what the function throws
  static void call(
      MethodHandle function,
      Signature signature,
      GuestInstance instance,
      long[] numbers,
      @Nullable Object[] references,
      int depth,
      long fuel)
      throws Throwable {
    List<@Nullable Object> arguments = new ArrayList<>();
    for (ValueType type : signature.parameters()) {
      int place = arguments.size();
      if (type == ValueType.V128) {
        arguments.add(numbers[place]);
        arguments.add(numbers[place + 1]);
      } else {
        arguments.add(type.isReference() ? references[place] : boxed(type, numbers[place]));
      }
    }
    arguments.add(instance);
    arguments.add(depth);
    arguments.add(fuel);
    Object result = function.invokeWithArguments(arguments);
    if (places(signature.results()) > 1) {
      System.arraycopy(instance.numbers, 0, numbers, 0, places(signature.results()));
      System.arraycopy(instance.references, 0, references, 0, places(signature.results()));
    } else if (!signature.results().isEmpty()) {
      take(signature.results().getFirst(), result, numbers, references);
    }
  }

  /// Whether a function of the host takes its arguments as one array of numbers, and returns its
  /// result, if any, as one number.
  static boolean isPlain(Signature signature) {
    return places(signature.results()) <= 1
        && signature.parameters().stream().noneMatch(ValueType::isReference)
        && signature.results().stream().noneMatch(ValueType::isReference);
  }

  /// How many places values take.
  static int places(List<ValueType> types) {
    return types.size() + (int) types.stream().filter(type -> type == ValueType.V128).count();
  }

  private static Object boxed(ValueType type, long bits) {
    return switch (type) {
      case I32 -> (int) bits;
      case F32 -> Float.intBitsToFloat((int) bits);
      case F64 -> Double.longBitsToDouble(bits);
      default -> bits;
    };
  }

  private static void take(
      ValueType type, @Nullable Object result, long[] numbers, @Nullable Object[] references) {
    switch (type) {
      case FUNCREF, EXTERNREF -> references[0] = result;
      case F32 -> numbers[0] = Float.floatToRawIntBits((float) Objects.requireNonNull(result));
      case F64 -> numbers[0] = Double.doubleToRawLongBits((double) Objects.requireNonNull(result));
      default -> numbers[0] = ((Number) Objects.requireNonNull(result)).longValue();
    }
  }
}
