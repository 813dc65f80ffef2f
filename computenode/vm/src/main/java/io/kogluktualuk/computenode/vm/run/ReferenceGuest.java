package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.FuelCell;
import io.kogluktualuk.computenode.vm.machine.GlobalCell;
import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.computenode.vm.machine.SharedGlobal;
import io.kogluktualuk.computenode.vm.machine.Table;
import io.kogluktualuk.computenode.vm.meter.Metering.Cell;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.Export;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.TableType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.CallResult;
import run.endive.runtime.GlobalInstance;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;
import run.endive.runtime.TableInstance;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.MutabilityType;
import run.endive.wasm.types.ValType;

/// One instance inside the reference engine.
///
/// **Threading:** the guest's thread.
///
/// @param <C> what the host functions receive
final class ReferenceGuest<C> implements EngineGuest {

  private final ReferenceCode code;
  private final Imported imported;
  private final C context;
  private final ReferenceCells cells;
  private final ReferenceFunctions functions;
  private final LinearMemory linear;
  private final ReferenceMemory memory;
  private final MemoryView view;
  private final List<Table> tables;
  private final List<SharedGlobal> globals;
  private int globalsMade;
  private int tablesMade;
  private @Nullable ReferenceFunction meant;
  private @Nullable Instance instance;

  ReferenceGuest(
      ReferenceCode code,
      Imported imported,
      C context,
      int maximumPages,
      ReferenceCells cells,
      ReferenceFunctions functions) {
    this.code = code;
    this.imported = imported;
    this.context = context;
    this.cells = cells;
    this.functions = functions;
    int initial = code.module().shape().memory().initialPages();
    LinearMemory given = imported.memory();
    this.linear = given == null ? new LinearMemory(initial, maximumPages) : given;
    this.memory = new ReferenceMemory(linear, maximumPages, cells);
    this.view = new MemoryView(linear, memory::grow);
    this.tables = new ArrayList<>(imported.tables());
    this.globals = new ArrayList<>(imported.globals());
  }

  @Override
  public FuelCell cell() {
    return cells;
  }

  /// The engine's instance, once there is one.
  Instance instance() {
    return Objects.requireNonNull(instance, "not instantiated");
  }

  C context() {
    return context;
  }

  ReferenceCells cells() {
    return cells;
  }

  DecodedModule module() {
    return code.module();
  }

  @Override
  public void instantiate(int callDepth) {
    cells.depth = callDepth;
    try {
      Instance _ =
          Instance.builder(code.metered())
              .withImportValues(new ReferenceImports<>(this, imported, memory).values(code))
              .withMemoryFactory(_ -> memory)
              .withGlobalFactory(this::global)
              .withTableFactory(this::table)
              .withStart(false)
              .withMachineFactory(this::machine)
              .build();
    } catch (WasmEngineException e) {
      throw ReferenceTraps.translate(e);
    } catch (StackOverflowError e) {
      throw Traps.outOfStack(e);
    }
  }

  /// Known before it is whole: others may have its functions even if it never gets so far.
  private Machine machine(Instance made) {
    instance = made;
    return new ReferenceMachine(made, this);
  }

  @Override
  public void call(String export, int callDepth) {
    cells.depth = callDepth;
    try {
      long[] _ = instance().export(export).apply();
    } catch (WasmEngineException e) {
      throw ReferenceTraps.translate(e);
    } catch (StackOverflowError e) {
      throw Traps.outOfStack(e);
    }
  }

  private GlobalInstance global(long low, long high, ValType type, MutabilityType mutability) {
    int cell = globalsMade++ - code.module().ownGlobals();
    if (cell >= 0) {
      return new CellGlobal(Cell.values()[cell], type, cells);
    }
    GlobalCell own = new GlobalCell();
    globals.add(own);
    GlobalInstance global = new ReferenceGlobal(type, mutability, own, this);
    global.setValueLow(low);
    global.setValueHigh(high);
    return global;
  }

  private TableInstance table(run.endive.wasm.types.Table declared, int initial) {
    TableType type = code.module().tables().get(imported.tables().size() + tablesMade++);
    Table own = new Table(type.initial(), type.maximum());
    tables.add(own);
    return new ReferenceTable(type, own, this);
  }

  // ---- functions of other instances --------------------------------------------------------

  @Nullable Object reference(int number) {
    return functions.reference(this, number);
  }

  int number(@Nullable Object reference) {
    return functions.number(this, reference);
  }

  boolean isStandIn(int function) {
    return function >= code.module().functionTypes().size();
  }

  /// The stand-in that an indirect call finds in place of a function of another instance, which is
  /// called next.
  int standInFor(ReferenceFunction other) {
    meant = other;
    int type = code.module().types().indexOf(other.owner().signatureOf(other.index()));
    if (type < 0) {
      throw new WasmEngineException("indirect call type mismatch");
    }
    return code.module().functionTypes().size() + type;
  }

  private Signature signatureOf(int function) {
    return code.module().signatureOf(function);
  }

  CallResult callMeant(long[] arguments, @Nullable Object @Nullable [] references) {
    return call(Objects.requireNonNull(meant), arguments, references);
  }

  /// Calls a function of another instance with values as this guest's code has them.
  CallResult call(
      ReferenceFunction other, long[] arguments, @Nullable Object @Nullable [] references) {
    ReferenceGuest<?> owner = other.owner();
    Signature signature = owner.signatureOf(other.index());
    long[] translated = arguments.clone();
    functions.translate(signature.parameters(), translated, this, owner);
    CallResult results =
        owner.instance().getMachine().callWithRefs(other.index(), translated, references);
    if (results.longs() != null) {
      functions.translate(signature.results(), results.longs(), owner, this);
    }
    return results;
  }

  // ---- what others see ---------------------------------------------------------------------

  @Override
  public Extern exported(Export export) {
    DecodedModule module = code.module();
    int index = export.index();
    return switch (export.kind()) {
      case 0 ->
          new Extern.OfInstance(module.signatureOf(index), new ReferenceFunction(this, index));
      case 1 -> new Extern.OfTable(module.tables().get(index), tables.get(index));
      case 2 -> new Extern.OfMemory(Objects.requireNonNull(module.memory()), linear);
      default -> new Extern.OfGlobal(module.globals().get(index), globals.get(index));
    };
  }

  @Override
  public GuestMemory memory() {
    return view;
  }

  @Override
  public long fuelUsed() {
    return cells.meter().used(cells);
  }
}
