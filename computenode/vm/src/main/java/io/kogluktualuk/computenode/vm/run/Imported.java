package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.computenode.vm.machine.SharedGlobal;
import io.kogluktualuk.computenode.vm.machine.Table;
import io.kogluktualuk.computenode.vm.module.ModuleShape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one instance of an [InstanceGroup] is given for its imports, each kind in the order of its
/// indices.
///
/// @param functions for imported functions
/// @param memory the imported memory, or null when it is the instance's own
record Imported(
    List<Extern.Function> functions,
    List<Table> tables,
    List<SharedGlobal> globals,
    @Nullable LinearMemory memory) {

  /// Functions of the host only.
  static <C> Imported ofHost(List<ModuleShape.Import> wanted, List<HostFunction<C>> given) {
    List<Extern.Function> functions = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      functions.add(new Extern.OfHost(wanted.get(i).signature(), given.get(i)));
    }
    return new Imported(functions, List.of(), List.of(), null);
  }

  static Imported of(List<Extern.Function> functions, List<Extern.Shared> shared) {
    List<Table> tables = new ArrayList<>();
    List<SharedGlobal> globals = new ArrayList<>();
    LinearMemory memory = null;
    for (Extern.Shared each : shared) {
      switch (each) {
        case Extern.OfTable table -> tables.add(table.table());
        case Extern.OfGlobal global -> globals.add(global.global());
        case Extern.OfMemory only -> memory = only.memory();
      }
    }
    return new Imported(functions, tables, globals, memory);
  }

  /// The host's function at an index, which nobody calls when it is another instance's.
  @SuppressWarnings("unchecked") // Linked with functions for this context.
  <C> HostFunction<C> host(int index) {
    return functions.get(index) instanceof Extern.OfHost host
        ? (HostFunction<C>) host.function()
        : (_, _, _) -> {
          throw new IllegalStateException("function " + index + " is not the host's");
        };
  }

  /// Another instance's function at an index, or null.
  @Nullable Object instances(int index) {
    return functions.get(index) instanceof Extern.OfInstance other ? other.reference() : null;
  }
}
