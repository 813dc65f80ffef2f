package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.module.Export;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.run.Invoker.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What modules of the official test suite may import: functions that print, and functions of
/// instances that a script has registered, which are called as functions of the host.
final class SpecImports {

  private static final List<String> PRINTS =
      List.of("", "_i32", "_i64", "_f32", "_f64", "_i32_f32", "_f64_f64");
  private static final List<String> PRINTED = List.of("", "i", "I", "f", "F", "if", "FF");

  private SpecImports() {}

  static HostImports<String> of(Map<String, Invoker> registered) {
    HostImports.Builder<String> imports = HostImports.builder();
    for (int i = 0; i < PRINTS.size(); i++) {
      imports.function("spectest", "print" + PRINTS.get(i), PRINTED.get(i) + ">", (_, _, _) -> 0);
    }
    registered.forEach((name, instance) -> offer(imports, name, instance));
    return imports.build();
  }

  private static void offer(HostImports.Builder<String> imports, String name, Invoker instance) {
    for (Export export : instance.module().exports()) {
      if (export.kind() == 0) {
        Signature signature = instance.module().signatureOf(export.index());
        if (isOffered(signature)) {
          imports.function(
              name,
              export.name(),
              signature.toString(),
              (_, _, arguments) -> call(instance, export.name(), arguments));
        }
      }
    }
  }

  /// Numbers only, and at most one result.
  private static boolean isOffered(Signature signature) {
    List<ValueType> all = new ArrayList<>(signature.parameters());
    all.addAll(signature.results());
    return signature.results().size() <= 1
        && all.stream().noneMatch(type -> type.isReference() || type == ValueType.V128);
  }

  private static long call(Invoker instance, String name, long[] arguments) {
    List<Value> values = new ArrayList<>();
    for (long argument : arguments) {
      values.add(new Value(argument, null));
    }
    List<Value> results = instance.call(name, values);
    return results.isEmpty() ? 0 : results.getFirst().bits();
  }
}
