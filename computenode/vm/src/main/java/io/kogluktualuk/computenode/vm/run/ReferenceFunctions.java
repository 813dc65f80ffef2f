package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.module.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The functions that instances of one group have told each other of.
///
/// To the engine a reference to a function is a number, its index. Here it is that for the
/// function's own instance; for others it is a number below [#NULL] that names it in this list.
///
/// **Threading:** the guest's thread. **Bound:** the functions of the group's instances.
final class ReferenceFunctions {

  static final int NULL = -1;

  private final List<ReferenceFunction> known = new ArrayList<>();
  private final Map<ReferenceFunction, Integer> numbers = new HashMap<>();

  /// What a reference is for a guest's code.
  int number(ReferenceGuest<?> guest, @Nullable Object reference) {
    if (reference == null) {
      return NULL;
    }
    ReferenceFunction function = (ReferenceFunction) reference;
    if (function.owner() == guest) {
      return function.index();
    }
    Integer number = numbers.get(function);
    if (number == null) {
      number = NULL - 1 - known.size();
      known.add(function);
      numbers.put(function, number);
    }
    return number;
  }

  /// What a number in a guest's code refers to.
  @Nullable ReferenceFunction reference(ReferenceGuest<?> guest, int number) {
    if (number >= 0) {
      return new ReferenceFunction(guest, number);
    }
    return number == NULL ? null : known.get(NULL - 1 - number);
  }

  /// Puts references to functions among values into the words of another guest.
  ///
  /// @param values numbers of the engine, vectors counting twice; changed
  void translate(
      List<ValueType> types, long[] values, ReferenceGuest<?> from, ReferenceGuest<?> to) {
    int place = 0;
    for (ValueType type : types) {
      if (type == ValueType.FUNCREF) {
        values[place] = number(to, reference(from, (int) values[place]));
      }
      place += type == ValueType.V128 ? 2 : 1;
    }
  }
}
