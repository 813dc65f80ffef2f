package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.FunctionRef;
import io.kogluktualuk.computenode.vm.machine.GuestInstance;
import io.kogluktualuk.fabric.hash.Hash;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Everything that a guest could find in an instance, in words that can be compared.
final class InstanceState {

  private InstanceState() {}

  /// @param tables how many tables its module has
  static SortedMap<String, String> of(MachineGuest<?> guest, int tables) {
    GuestInstance instance = guest.instance();
    SortedMap<String, String> state = new TreeMap<>();
    byte[] bytes = instance.memory().bytes();
    state.put("size", instance.memory().size() + " " + instance.size);
    state.put("inside", "" + Hash.of(Arrays.copyOf(bytes, instance.size)));
    state.put("beyond", "" + isZero(bytes, instance.size));
    state.put("same array", "" + (bytes == instance.bytes));
    state.put("fuel", "" + instance.fuel);
    for (int i = 0; i < tables; i++) {
      state.put("table " + i, elements(instance, i));
    }
    for (Field field : instance.getClass().getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())) {
        state.put("global " + field.getName(), value(field, instance));
      }
    }
    return state;
  }

  private static boolean isZero(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static String elements(GuestInstance instance, int table) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < instance.table(table).size(); i++) {
      text.append(word(instance, instance.table(table).get(i))).append(' ');
    }
    return text.toString();
  }

  private static String value(Field field, GuestInstance instance) {
    try {
      return word(instance, field.get(instance));
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static String word(GuestInstance instance, @Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case FunctionRef function ->
          "function " + function.index() + (function.owner() == instance ? "" : " of another");
      case Double number -> "" + Double.doubleToRawLongBits(number);
      case Float number -> "" + Float.floatToRawIntBits(number);
      default -> value.toString();
    };
  }
}
