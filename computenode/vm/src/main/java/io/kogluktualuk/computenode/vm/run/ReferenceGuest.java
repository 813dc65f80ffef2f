package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.FuelCell;
import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.computenode.vm.meter.Metering.Cell;
import io.kogluktualuk.computenode.vm.module.ModuleBounds;
import io.kogluktualuk.computenode.vm.module.Signature;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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

/// One instance of a program inside the reference engine.
///
/// **Threading:** the guest's thread.
final class ReferenceGuest<C> implements EngineGuest {

  private static final long[] NOTHING = {};

  private final ReferenceCode code;
  private final Program<C> program;
  private final C context;
  private final Meter meter;
  private final ReferenceMemory memory;
  private final MemoryView view;
  private int globalsMade;
  private @Nullable Instance instance;

  ReferenceGuest(ReferenceCode code, Program<C> program, C context, int maximumPages, Meter meter) {
    this.code = code;
    this.program = program;
    this.context = context;
    this.meter = meter;
    int initial = program.module().shape().memory().initialPages();
    LinearMemory linear = new LinearMemory(initial, maximumPages);
    this.memory = new ReferenceMemory(linear, maximumPages, meter);
    this.view = new MemoryView(linear, memory::grow);
  }

  @Override
  public FuelCell cell() {
    return memory;
  }

  /// The engine's instance, once there is one.
  Instance instance() {
    return Objects.requireNonNull(instance, "not instantiated");
  }

  @Override
  public void instantiate(int callDepth) {
    memory.depth = callDepth;
    try {
      instance =
          Instance.builder(code.module())
              .withImportValues(imports(code))
              .withMemoryFactory(_ -> memory)
              .withGlobalFactory(this::global)
              .withTableFactory(ReferenceGuest::table)
              .withStart(false)
              .withMachineFactory(ReferenceVectors::new)
              .build();
    } catch (WasmEngineException e) {
      throw ReferenceTraps.translate(e);
    } catch (StackOverflowError e) {
      throw Traps.outOfStack(e);
    }
  }

  @Override
  public void call(String export, int callDepth) {
    memory.depth = callDepth;
    try {
      long[] _ = instance().export(export).apply();
    } catch (WasmEngineException e) {
      throw ReferenceTraps.translate(e);
    } catch (StackOverflowError e) {
      throw Traps.outOfStack(e);
    }
  }

  private ImportValues imports(ReferenceCode code) {
    List<HostFunction<C>> functions = program.functions();
    ImportFunction[] values = new ImportFunction[functions.size()];
    for (int i = 0; i < values.length; i++) {
      FunctionImport wanted = (FunctionImport) code.module().importSection().getImport(i);
      values[i] = importFunction(code, wanted, functions.get(i), i);
    }
    return ImportValues.builder().addFunction(values).build();
  }

  private ImportFunction importFunction(
      ReferenceCode code, FunctionImport wanted, HostFunction<C> function, int index) {
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
    int cell = globalsMade++ - code.globals();
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
    return new ReferenceTable(
        new Table(declared.elementType(), new TableLimits(limits.min(), maximum)), initial);
  }

  @Override
  public GuestMemory memory() {
    return view;
  }

  @Override
  public long fuelUsed() {
    return meter.used(memory);
  }
}
