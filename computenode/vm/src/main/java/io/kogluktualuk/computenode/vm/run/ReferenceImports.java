package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.CallResult;
import run.endive.runtime.ImportFunction;
import run.endive.runtime.ImportGlobal;
import run.endive.runtime.ImportMemory;
import run.endive.runtime.ImportTable;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.WasmFunctionHandle;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.GlobalImport;
import run.endive.wasm.types.Import;

/// What a guest imports, as the reference engine wants it: by name, and with types that it looks
/// at once more.
///
/// **Threading:** the guest's thread.
///
/// @param <C> what the host functions receive
final class ReferenceImports<C> {

  private final ReferenceGuest<C> guest;
  private final Imported imported;
  private final ReferenceMemory memory;
  private final ImportValues.Builder values = ImportValues.builder();
  private int functions;
  private int tables;
  private int globals;

  ReferenceImports(ReferenceGuest<C> guest, Imported imported, ReferenceMemory memory) {
    this.guest = guest;
    this.imported = imported;
    this.memory = memory;
  }

  ImportValues values(ReferenceCode code) {
    int count = code.metered().importSection().importCount();
    for (int i = 0; i < count; i++) {
      add(code, code.metered().importSection().getImport(i));
    }
    return values.build();
  }

  private void add(ReferenceCode code, Import wanted) {
    DecodedModule module = code.module();
    String owner = wanted.module();
    String name = wanted.name();
    switch (wanted.importType()) {
      case FUNCTION -> {
        int type = ((FunctionImport) wanted).typeIndex();
        FunctionType declared = code.metered().typeSection().getType(type);
        values.addFunction(new ImportFunction(owner, name, declared, handle(functions)));
        functions++;
      }
      case TABLE -> {
        ReferenceTable table =
            new ReferenceTable(module.tables().get(tables), imported.tables().get(tables), guest);
        values.addTable(new ImportTable(owner, name, table));
        tables++;
      }
      case GLOBAL -> {
        GlobalImport global = (GlobalImport) wanted;
        ReferenceGlobal view =
            new ReferenceGlobal(
                global.type(), global.mutabilityType(), imported.globals().get(globals), guest);
        values.addGlobal(new ImportGlobal(owner, name, view));
        globals++;
      }
      case MEMORY -> values.addMemory(new ImportMemory(owner, name, memory));
      case TAG -> throw new IllegalStateException("exceptions are not offered");
    }
  }

  private WasmFunctionHandle handle(int index) {
    return imported.instances(index) instanceof ReferenceFunction other
        ? new OfInstance(other)
        : new OfHost(imported.host(index), imported.functions().get(index).signature());
  }

  /// An imported function of another instance.
  private final class OfInstance implements WasmFunctionHandle {
    private final ReferenceFunction other;

    OfInstance(ReferenceFunction other) {
      this.other = other;
    }

    @Override
    public long[] apply(Instance instance, long... arguments) {
      long[] results = guest.call(other, arguments, null).longs();
      return results == null ? new long[0] : results;
    }

    @Override
    public CallResult applyWithRefs(
        Instance instance, long[] arguments, @Nullable Object @Nullable [] references) {
      return guest.call(other, arguments, references);
    }
  }

  /// An imported function of the host.
  private final class OfHost implements WasmFunctionHandle {
    private final HostFunction<C> function;
    private final Signature signature;

    OfHost(HostFunction<C> function, Signature signature) {
      this.function = function;
      this.signature = signature;
    }

    @Override
    public long[] apply(Instance instance, long... arguments) {
      long[] results = applyWithRefs(instance, arguments, null).longs();
      return results == null ? new long[0] : results;
    }

    @Override
    public CallResult applyWithRefs(
        Instance instance, long[] arguments, @Nullable Object @Nullable [] given) {
      guest.cells().charge(0); // No host function runs on fuel that is not there.
      int results = PackedCalls.places(signature.results());
      if (PackedCalls.isPlain(signature)) {
        long result = function.call(guest.context(), guest, arguments);
        return CallResult.of(results == 0 ? new long[0] : new long[] {result}, null);
      }
      int places = Math.max(arguments.length, results);
      long[] numbers = Arrays.copyOf(arguments, places);
      Object[] references = given == null ? new Object[places] : Arrays.copyOf(given, places);
      take(numbers, references);
      function.call(guest.context(), guest, new HostValues(numbers, references));
      giveBack(numbers, references);
      return CallResult.of(Arrays.copyOf(numbers, results), Arrays.copyOf(references, results));
    }

    /// The engine's numbers of functions become references.
    private void take(long[] numbers, @Nullable Object[] references) {
      int place = 0;
      for (ValueType type : signature.parameters()) {
        if (type == ValueType.FUNCREF) {
          references[place] = guest.reference((int) numbers[place]);
        }
        place += type == ValueType.V128 ? 2 : 1;
      }
    }

    private void giveBack(long[] numbers, @Nullable Object[] references) {
      int place = 0;
      for (ValueType type : signature.results()) {
        if (type == ValueType.FUNCREF) {
          numbers[place] = guest.number(references[place]);
        }
        place += type == ValueType.V128 ? 2 : 1;
      }
    }
  }
}
