package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.module.MemoryType;
import io.kogluktualuk.computenode.vm.module.SizeRange;
import io.kogluktualuk.computenode.vm.module.TableType;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.util.List;

/// The host that the official test suite expects: functions that print, a memory, a table, and
/// constants.
final class SpecImports {

  private static final List<String> PRINTS =
      List.of("", "_i32", "_i64", "_f32", "_f64", "_i32_f32", "_f64_f64");
  private static final List<String> PRINTED = List.of("", "i", "I", "f", "F", "if", "FF");
  private static final String HOST = "spectest";

  static final HostImports<String> IMPORTS = build();

  private SpecImports() {}

  private static HostImports<String> build() {
    HostImports.Builder<String> imports = HostImports.builder();
    for (int i = 0; i < PRINTS.size(); i++) {
      imports.function(HOST, "print" + PRINTS.get(i), PRINTED.get(i) + ">", (_, _, _) -> 0);
    }
    return imports
        .global(HOST, "global_i32", ValueType.I32, false, 666)
        .global(HOST, "global_i64", ValueType.I64, false, 666)
        .global(HOST, "global_f32", ValueType.F32, false, Float.floatToRawIntBits(666.6f))
        .global(HOST, "global_f64", ValueType.F64, false, Double.doubleToRawLongBits(666.6))
        .shared(HOST, "table", new TableType(ValueType.FUNCREF, new SizeRange(10, 20)))
        .shared(HOST, "memory", new MemoryType(new SizeRange(1, 2)))
        .build();
  }
}
