package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.util.ArrayList;
import java.util.List;

/// A vector is two values in the compiler: its lower half, of type [ValueType#I64], and above it
/// its upper half, which alone has the type [ValueType#V128]. Both are a `long` of the JVM.
final class Halves {

  private Halves() {}

  /// The types with the halves of vectors in their place.
  static List<ValueType> of(List<ValueType> types) {
    if (!types.contains(ValueType.V128)) {
      return types;
    }
    List<ValueType> halves = new ArrayList<>();
    for (ValueType type : types) {
      if (type == ValueType.V128) {
        halves.add(ValueType.I64);
      }
      halves.add(type);
    }
    return halves;
  }

  static Signature of(Signature signature) {
    return new Signature(of(signature.parameters()), of(signature.results()));
  }

  /// How many values of the compiler a type becomes.
  static int count(ValueType type) {
    return type == ValueType.V128 ? 2 : 1;
  }
}
