package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.meter.Metering.Cell;
import io.kogluktualuk.computenode.vm.module.ModuleBounds;
import io.kogluktualuk.computenode.vm.module.ModuleShape;
import io.kogluktualuk.computenode.vm.module.Signature;
import java.util.List;
import run.endive.runtime.GlobalInstance;
import run.endive.runtime.ImportFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.TableInstance;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.MutabilityType;
import run.endive.wasm.types.Table;
import run.endive.wasm.types.TableLimits;
import run.endive.wasm.types.ValType;

/// One instance of a program inside the engine.
///
/// **Threading:** the guest's thread.
final class EndiveGuest<C> implements Guest {

  private static final long[] NOTHING = {};

  private final Program<C> program;
  private final C context;
  private final FlatMemory memory;
  private final MemoryView view;
  private int globalsMade;

  EndiveGuest(Program<C> program, C context, FlatMemory memory) {
    this.program = program;
    this.context = context;
    this.memory = memory;
    this.view = new MemoryView(memory);
  }

  /// The memory of an instance, if its initial size is within the limits.
  static FlatMemory allocate(Program<?> program, Limits limits, Meter meter) {
    ModuleShape.MemoryBounds bounds = program.module().shape().memory();
    int pagesMax = (int) (limits.memoryBytes() / FlatMemory.PAGE_SIZE);
    if (bounds.initialPages() > pagesMax) {
      throw new GuestTrap(
          TrapKind.OUT_OF_MEMORY,
          "initial memory of "
              + bounds.initialPages()
              + " pages exceeds the limit of "
              + pagesMax
              + " pages");
    }
    int maximum = Math.min(pagesMax, bounds.maximumPages());
    FlatMemory memory = new FlatMemory(bounds.initialPages(), maximum, meter);
    memory.depth = limits.callDepth();
    return memory;
  }

  /// Makes the instance, which runs the module's start function.
  Instance instantiate() {
    EndiveCode code = program.module().code();
    try {
      return Instance.builder(code.module())
          .withMachineFactory(code.machines())
          .withImportValues(imports(code))
          .withMemoryFactory(_ -> memory)
          .withGlobalFactory(this::global)
          .withTableFactory(EndiveGuest::table)
          .withStart(false)
          .build();
    } catch (WasmEngineException e) {
      throw EndiveTraps.translate(e);
    } catch (StackOverflowError e) {
      throw EndiveTraps.outOfStack(e);
    }
  }

  /// Calls an export; values are as in [HostFunction].
  static long[] call(Instance instance, String export, long... arguments) {
    try {
      return instance.export(export).apply(arguments);
    } catch (WasmEngineException e) {
      throw EndiveTraps.translate(e);
    } catch (StackOverflowError e) {
      throw EndiveTraps.outOfStack(e);
    }
  }

  private ImportValues imports(EndiveCode code) {
    List<HostFunction<C>> functions = program.functions();
    ImportFunction[] values = new ImportFunction[functions.size()];
    for (int i = 0; i < values.length; i++) {
      FunctionImport wanted = (FunctionImport) code.module().importSection().getImport(i);
      values[i] = importFunction(code, wanted, functions.get(i), i);
    }
    return ImportValues.builder().addFunction(values).build();
  }

  private ImportFunction importFunction(
      EndiveCode code, FunctionImport wanted, HostFunction<C> function, int index) {
    FunctionType type = code.module().typeSection().getType(wanted.typeIndex());
    Signature signature = program.module().shape().imports().get(index).signature();
    boolean answers = !signature.results().isEmpty();
    return new ImportFunction(
        wanted.module(),
        wanted.name(),
        type,
        (_, arguments) -> {
          memory.charge(0); // No host function runs on fuel that is not there.
          long result = function.call(context, this, arguments);
          return answers ? new long[] {result} : NOTHING;
        });
  }

  private GlobalInstance global(long low, long high, ValType type, MutabilityType mutability) {
    int cell = globalsMade++ - program.module().code().globals();
    return cell >= 0
        ? new CellGlobal(Cell.values()[cell], type, memory)
        : GlobalInstance.builder()
            .valueLow(low)
            .valueHigh(high)
            .valType(type)
            .mutabilityType(mutability)
            .build();
  }

  /// A table with limits of its own: growing one changes its limits, and the module's are shared.
  private static TableInstance table(Table declared, int initial) {
    TableLimits limits = declared.limits();
    long maximum = Math.max(limits.min(), Math.min(limits.max(), ModuleBounds.TABLE_ELEMENTS));
    return new GuestTable(
        new Table(declared.elementType(), new TableLimits(limits.min(), maximum)), initial);
  }

  @Override
  public GuestMemory memory() {
    return view;
  }

  @Override
  public void chargeFuel(long fuel) {
    if (fuel < 0) {
      throw new IllegalArgumentException("fuel cannot be given back: " + fuel);
    }
    memory.charge(fuel);
  }

  @Override
  public long fuelUsed() {
    return memory.meter().used(memory);
  }
}
