package io.kogluktualuk.computenode.vm.machine;

import io.kogluktualuk.computenode.vm.machine.MachineTrap.Reason;
import io.kogluktualuk.computenode.vm.module.ElementSegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The state of one instance, and the instructions that generated code leaves to it. The class
/// generated for a module extends it by the module's globals.
///
/// Functions carry their fuel in a variable. Before anything here that charges or calls, they put
/// it into [#fuel], and take it from there afterwards.
///
/// **Threading:** the guest's thread.
public abstract class GuestInstance extends OutsideCalls {

  private static final byte[] NO_BYTES = {};
  private static final int[] NO_FUNCTIONS = {};

  /// One unit of fuel per 16 bytes moved by a bulk instruction.
  private static final int BULK_SHIFT = 4;

  /// One page costs 256: it has to be zeroed, and now and then copied.
  private static final int GROW_SHIFT = 8;

  /// The array of the memory; longer than [#size] at times.
  public byte[] bytes;

  /// The size of the memory in bytes.
  public int size;

  /// Where functions leave the results that a JVM method cannot return: all, if more than one.
  public final long[] numbers;

  /// The same for references.
  public final @Nullable Object[] references;

  private final LinearMemory memory;
  private final Table[] tables;
  private final SharedGlobal[] globals;
  private final int[] functionTypes;
  private final @Nullable FunctionRef[] functions;
  private byte[][] data;
  private int[][] elements;
  private boolean ownsData;
  private boolean ownsElements;

  protected GuestInstance(InstanceParts parts) {
    super(parts);
    memory = parts.memory();
    tables = parts.tables();
    globals = parts.globals();
    functionTypes = parts.functionTypes();
    numbers = new long[parts.results()];
    references = new Object[parts.results()];
    functions = Arrays.copyOf(parts.linked(), functionTypes.length);
    data = parts.data();
    bytes = memory.bytes();
    size = memory.size();
    elements = parts.elements();
  }

  public final LinearMemory memory() {
    return memory;
  }

  public final Table table(int index) {
    return tables[index];
  }

  /// The reference to a function.
  public final FunctionRef function(int index) {
    FunctionRef known = functions[index];
    if (known == null) {
      known = new FunctionRef(this, index, functionTypes[index]);
      functions[index] = known;
    }
    return known;
  }

  /// An imported global.
  public final SharedGlobal global(int index) {
    return globals[index];
  }

  /// The memory was grown, perhaps by another instance.
  final void moved() {
    bytes = memory.bytes();
    size = memory.size();
  }

  /// Leaves the results of a call of [#callOutside] where other functions leave theirs.
  public final void takeResults(long[] from, @Nullable Object[] fromReferences, int count) {
    System.arraycopy(from, 0, numbers, 0, count);
    System.arraycopy(fromReferences, 0, references, 0, count);
  }

  // ---- fuel, depth and traps ---------------------------------------------------------------

  /// The slice has run out: `left` is what the function has, usually negative.
  public final long refuel(long left) {
    fuel = left;
    source().refuel(this);
    return fuel;
  }

  /// The depth has run out.
  public final MachineTrap overflow(long left) {
    fuel = left;
    return new MachineTrap(Reason.STACK_OVERFLOW);
  }

  /// An `unreachable` was reached.
  public final MachineTrap unreachable(long left) {
    fuel = left;
    return new MachineTrap(Reason.UNREACHABLE);
  }

  /// An exception of the JVM in guest code means a trap; `left` is the fuel of that function.
  public final MachineTrap trap(RuntimeException cause, long left) {
    fuel = left;
    return new MachineTrap(
        switch (cause) {
          case ArithmeticTrap known -> known.reason();
          case ArithmeticException _ -> Reason.DIVIDE_BY_ZERO;
          default -> Reason.MEMORY_BOUNDS;
        });
  }

  // ---- calls -------------------------------------------------------------------------------

  /// The index of the function that an indirect call means, when it is of the type; -1 when it is
  /// one of another instance, which is called next.
  public final int callee(int index, int table, int type) {
    FunctionRef found = tables[table].callee(index);
    if (found.type() != type || found.owner() != this) {
      meet(found, type);
      return -1;
    }
    return found.index();
  }

  // ---- memory ------------------------------------------------------------------------------

  public final int memoryGrow(int more) {
    if (!memory.mayGrow(more)) {
      return -1;
    }
    charge((long) more << GROW_SHIFT);
    int before = memory.pages();
    memory.grow(more);
    bytes = memory.bytes();
    size = memory.size();
    return before;
  }

  public final void memoryFill(int target, int value, int count) {
    memory.requireInside(target, count);
    charge(count >> BULK_SHIFT);
    Arrays.fill(bytes, target, target + count, (byte) value);
  }

  public final void memoryCopy(int target, int source, int count) {
    memory.requireInside(source, count);
    memory.requireInside(target, count);
    charge(count >> BULK_SHIFT);
    System.arraycopy(bytes, source, bytes, target, count);
  }

  public final void memoryInit(int target, int source, int count, int segment) {
    byte[] from = data[segment];
    if (source < 0 || count < 0 || source > from.length - count) {
      throw new MachineTrap(Reason.MEMORY_BOUNDS);
    }
    memory.requireInside(target, count);
    charge(count >> BULK_SHIFT);
    System.arraycopy(from, source, bytes, target, count);
  }

  public final void dataDrop(int segment) {
    if (!ownsData) {
      data = data.clone();
      ownsData = true;
    }
    data[segment] = NO_BYTES;
  }

  // ---- tables ------------------------------------------------------------------------------

  public final @Nullable Object tableGet(int index, int table) {
    return tables[table].get(index);
  }

  public final void tableSet(int index, @Nullable Object reference, int table) {
    tables[table].set(index, reference);
  }

  public final int tableSize(int table) {
    return tables[table].size();
  }

  public final int tableGrow(@Nullable Object reference, int more, int table) {
    charge(Integer.toUnsignedLong(more));
    return tables[table].grow(reference, more);
  }

  public final void tableFill(int index, @Nullable Object reference, int count, int table) {
    charge(Integer.toUnsignedLong(count));
    tables[table].fill(index, reference, count);
  }

  public final void tableCopy(int target, int source, int count, int to, int from) {
    charge(Integer.toUnsignedLong(count));
    tables[to].copy(target, tables[from], source, count);
  }

  public final void tableInit(int target, int source, int count, int table, int segment) {
    charge(Integer.toUnsignedLong(count));
    place(tables[table], target, elements[segment], source, count);
  }

  /// Puts what is in a segment into a table.
  public final void place(Table table, int target, int[] indices, int source, int count) {
    if (source < 0 || count < 0 || source > indices.length - count) {
      throw new MachineTrap(Reason.TABLE_BOUNDS);
    }
    table.requireInside(target, count);
    for (int i = 0; i < count; i++) {
      int index = indices[source + i];
      table.set(target + i, referenceOf(index));
    }
  }

  private @Nullable Object referenceOf(int item) {
    if (item >= 0) {
      return function(item);
    }
    return item == ElementSegment.NULL ? null : globals[ElementSegment.globalOf(item)].reference();
  }

  public final void elementDrop(int segment) {
    if (!ownsElements) {
      elements = elements.clone();
      ownsElements = true;
    }
    elements[segment] = NO_FUNCTIONS;
  }
}
