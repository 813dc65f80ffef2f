package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.FuelCell;
import io.kogluktualuk.computenode.vm.machine.FunctionRef;
import io.kogluktualuk.computenode.vm.machine.GuestInstance;
import io.kogluktualuk.computenode.vm.machine.HostCalls;
import io.kogluktualuk.computenode.vm.machine.HostFailure;
import io.kogluktualuk.computenode.vm.machine.InstanceParts;
import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.computenode.vm.machine.MachineTrap;
import io.kogluktualuk.computenode.vm.machine.SharedGlobal;
import io.kogluktualuk.computenode.vm.machine.Table;
import io.kogluktualuk.computenode.vm.module.Constant;
import io.kogluktualuk.computenode.vm.module.DataSegment;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ElementSegment;
import io.kogluktualuk.computenode.vm.module.Export;
import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.SegmentMode;
import io.kogluktualuk.computenode.vm.module.TableType;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// One instance of compiled code.
///
/// **Threading:** the guest's thread.
///
/// @param <C> what the host functions receive
final class MachineGuest<C> implements EngineGuest, HostCalls {

  private static final @Nullable FunctionRef[] NOT_LINKED = {};
  private static final SharedGlobal[] NO_GLOBALS = {};

  private final MachineCode code;
  private final List<HostFunction<C>> imports;
  private final C context;
  private final Meter meter;
  private final GuestInstance instance;
  private final MemoryView view;

  /// Whether the memory has what active segments put there.
  private boolean isFilled;

  MachineGuest(
      MachineCode code, List<HostFunction<C>> imports, C context, int maximumPages, Meter meter) {
    this(code, imports, context, meter, memory(code.module(), maximumPages), false);
  }

  /// An instance in a memory that another has left.
  MachineGuest(
      MachineCode code, List<HostFunction<C>> imports, C context, Meter meter, LinearMemory left) {
    this(code, imports, context, meter, left, true);
  }

  private MachineGuest(
      MachineCode code,
      List<HostFunction<C>> imports,
      C context,
      Meter meter,
      LinearMemory memory,
      boolean isFilled) {
    this.code = code;
    this.imports = imports;
    this.context = context;
    this.meter = meter;
    this.isFilled = isFilled;
    this.instance = construct(memory, tables(code.module(), List.of()), NOT_LINKED, NO_GLOBALS);
    this.view = new MemoryView(memory, instance::memoryGrow);
  }

  /// An instance that shares parts with others.
  MachineGuest(MachineCode code, Imported imported, C context, int maximumPages, Meter meter) {
    this.code = code;
    this.context = context;
    this.meter = meter;
    int functions = imported.functions().size();
    this.imports = IntStream.range(0, functions).mapToObj(imported::<C>host).toList();
    LinearMemory given = imported.memory();
    LinearMemory memory = given == null ? memory(code.module(), maximumPages) : given;
    FunctionRef[] linked = new FunctionRef[functions];
    Arrays.setAll(linked, i -> (FunctionRef) imported.instances(i));
    SharedGlobal[] globals = imported.globals().toArray(SharedGlobal[]::new);
    this.instance = construct(memory, tables(code.module(), imported.tables()), linked, globals);
    memory.share(instance);
    this.view = new MemoryView(memory, instance::memoryGrow);
  }

  private GuestInstance construct(
      LinearMemory memory, Table[] tables, @Nullable FunctionRef[] linked, SharedGlobal[] globals) {
    return code.construct(
        new InstanceParts(
            memory,
            tables,
            meter,
            this,
            linked,
            globals,
            code,
            code.functionTypes(),
            code.results(),
            code.passiveData(),
            code.passiveElements()));
  }

  private static LinearMemory memory(DecodedModule module, int maximumPages) {
    return new LinearMemory(module.shape().memory().initialPages(), maximumPages);
  }

  private static Table[] tables(DecodedModule module, List<Table> given) {
    Table[] tables = given.toArray(new Table[module.tables().size()]);
    for (int i = given.size(); i < tables.length; i++) {
      TableType type = module.tables().get(i);
      tables[i] = new Table(type.initial(), type.maximum());
    }
    return tables;
  }

  MachineCode code() {
    return code;
  }

  GuestInstance instance() {
    return instance;
  }

  /// The memory of a guest that has ended and shares nothing, made what it is at first; null when
  /// the segments of the module did not fit. The guest must not run again.
  @Nullable LinearMemory leave() {
    if (!isFilled) {
      return null;
    }
    instance.memory().reset(code.image());
    return instance.memory();
  }

  /// How many bytes the memory takes.
  long memoryBytes() {
    return instance.memory().bytes().length;
  }

  /// What the host functions receive.
  C context() {
    return context;
  }

  @Override
  public FuelCell cell() {
    return instance;
  }

  @Override
  public void instantiate(int callDepth) {
    try {
      code.module().elements().forEach(this::place);
      if (!isFilled) {
        code.module().data().forEach(this::place);
        isFilled = true;
      }
    } catch (MachineTrap e) {
      throw Traps.of(e);
    }
    if (code.module().start() >= 0) {
      invoke(code.entry(code.module().start()), callDepth);
    }
  }

  private void place(ElementSegment segment) {
    if (segment.mode() != SegmentMode.ACTIVE) {
      return;
    }
    int[] functions = segment.functions();
    Table table = instance.table(segment.table());
    instance.place(table, valueOf(segment.offset()), functions, 0, functions.length);
  }

  private void place(DataSegment segment) {
    if (segment.mode() != SegmentMode.ACTIVE) {
      return;
    }
    int address = valueOf(segment.offset());
    int length = segment.end() - segment.start();
    instance.memory().requireInside(address, length);
    System.arraycopy(
        code.module().bytes(), segment.start(), instance.memory().bytes(), address, length);
  }

  private int valueOf(@Nullable Constant offset) {
    Constant value = Objects.requireNonNull(offset);
    return value.opcode() == Instructions.GLOBAL_GET
        ? (int) instance.global((int) value.low()).bits()
        : (int) value.low();
  }

  @Override
  public void call(String export, int callDepth) {
    invoke(code.entry(export), callDepth);
  }

  private void invoke(MethodHandle entry, int callDepth) {
    try {
      entry.invokeExact(instance, callDepth, instance.fuel);
    } catch (Throwable e) {
      throw translate(e);
    }
  }

  /// What an exception out of compiled code means.
  static RuntimeException translate(Throwable thrown) {
    return switch (thrown) {
      case MachineTrap trap -> Traps.of(trap);
      case HostFailure host -> host.failure();
      case RuntimeException own -> own;
      case StackOverflowError overflow -> Traps.outOfStack(overflow);
      case Error error -> throw error;
      default -> new IllegalStateException("compiled code threw a checked exception", thrown);
    };
  }

  @Override
  public long call(int function, long[] arguments) {
    return imports.get(function).call(context, this, arguments);
  }

  @Override
  public void call(int function, long[] numbers, @Nullable Object[] references) {
    imports.get(function).call(context, this, new HostValues(numbers, references));
  }

  @Override
  public Extern exported(Export export) {
    DecodedModule module = code.module();
    int index = export.index();
    return switch (export.kind()) {
      case 0 -> new Extern.OfInstance(module.signatureOf(index), instance.function(index));
      case 1 -> new Extern.OfTable(module.tables().get(index), instance.table(index));
      case 2 -> new Extern.OfMemory(Objects.requireNonNull(module.memory()), instance.memory());
      default -> new Extern.OfGlobal(module.globals().get(index), global(index));
    };
  }

  private SharedGlobal global(int index) {
    return code.module().isImportedGlobal(index)
        ? instance.global(index)
        : code.global(instance, index);
  }

  @Override
  public GuestMemory memory() {
    return view;
  }

  @Override
  public long fuelUsed() {
    return meter.used(instance);
  }
}
