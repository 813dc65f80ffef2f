package io.kogluktualuk.computenode.vm.run;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import run.endive.runtime.ConstantEvaluators;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.wasm.types.ActiveDataSegment;
import run.endive.wasm.types.DataSegment;
import run.endive.wasm.types.PassiveDataSegment;

/// The linear memory of one guest in one flat array, and beside it the cells in which metered code
/// keeps its fuel and depth.
///
/// The cells live here because compiled code carries a reference to its memory in a register
/// everywhere: reaching them through the engine's globals costs five dependent loads instead of
/// one. A flat array instead of the engine's pages: 1.65 against 2.4 times the time of native code.
///
/// **Threading:** the guest's thread only, but for [Meter#cancel].
/// **Bound:** never longer than the limit, and at most half as long again as what the guest asked
/// for.
///
/// Public only because generated classes, which live in a loader of their own, call it; not part of
/// the interface of this package.
public final class FlatMemory implements Memory {

  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);
  private static final VarHandle FLOAT = view(float[].class);
  private static final VarHandle DOUBLE = view(double[].class);

  /// One unit of fuel per 16 bytes moved by a bulk instruction.
  private static final int BULK_SHIFT = 4;

  /// One page costs 256: it has to be zeroed, and now and then copied.
  private static final int GROW_SHIFT = 8;

  /// Fuel of the current slice, when it is not in a local variable of the running function.
  public long fuel;

  /// Call depth left to the next function.
  public int depth;

  // Whether a throw is under way and `fuel` says what is left: functions further out keep off.
  private boolean settled;
  private final Meter meter;
  private final int maximumPages;
  // At least as long as the memory; what lies beyond is zero, and out of bounds for the guest. The
  // second bounds check that this takes costs nothing that could be measured.
  private byte[] bytes;
  private int pages;
  private int size;
  private DataSegment[] segments = new DataSegment[0];

  FlatMemory(int initialPages, int maximumPages, Meter meter) {
    this.bytes = new byte[initialPages * PAGE_SIZE];
    this.pages = initialPages;
    this.size = bytes.length;
    this.maximumPages = maximumPages;
    this.meter = meter;
  }

  private static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
  }

  Meter meter() {
    return meter;
  }

  // ---- called by metered code -------------------------------------------------------------------

  /// The slice has run out: `left` is what the function has, usually negative.
  public long refuel(long left) {
    fuel = left;
    try {
      meter.refuel(this);
    } catch (GuestTrap | Meter.Cancellation e) {
      settled = true;
      throw e;
    }
    return fuel;
  }

  /// The depth has run out.
  public void overflow(long left) {
    fuel = left;
    settled = true;
    throw new GuestTrap(TrapKind.STACK_OVERFLOW, "call depth limit reached");
  }

  /// A metered function is left by a throw, with `left` in its own variable.
  ///
  /// Only the innermost function's word counts: what its callers have is from before the call.
  public void unwind(long left) {
    if (!settled) {
      fuel = left;
      settled = true;
    }
  }

  /// A function that keeps its fuel in the cell is left by a throw.
  public void unwind() {
    settled = true;
  }

  /// A guest that was left by a throw is called again.
  void rewind() {
    settled = false;
  }

  /// Takes fuel outside of metered code; traps when none is left.
  void charge(long amount) {
    fuel -= amount;
    if (fuel < 0) {
      refuel(fuel);
    }
  }

  /// The cost of an instruction over `count` table elements.
  public void chargeElements(int count) {
    charge(Integer.toUnsignedLong(count));
  }

  // ---- access by compiled code
  // --------------------------------------------------------------------

  private void require(int address, int length) {
    if (address < 0 || address > size - length) {
      throw outOfBounds();
    }
  }

  private static GuestTrap outOfBounds() {
    return new GuestTrap(TrapKind.OUT_OF_BOUNDS, "out of bounds memory access");
  }

  @Override
  public byte read(int address) {
    require(address, 1);
    return bytes[address];
  }

  @Override
  public void writeByte(int address, byte value) {
    require(address, 1);
    bytes[address] = value;
  }

  @Override
  public short readShort(int address) {
    require(address, 2);
    return (short) SHORT.get(bytes, address);
  }

  @Override
  public void writeShort(int address, short value) {
    require(address, 2);
    SHORT.set(bytes, address, value);
  }

  @Override
  public int readInt(int address) {
    require(address, 4);
    return (int) INT.get(bytes, address);
  }

  @Override
  public void writeI32(int address, int value) {
    require(address, 4);
    INT.set(bytes, address, value);
  }

  @Override
  public long readLong(int address) {
    require(address, 8);
    return (long) LONG.get(bytes, address);
  }

  @Override
  public void writeLong(int address, long value) {
    require(address, 8);
    LONG.set(bytes, address, value);
  }

  @Override
  public float readFloat(int address) {
    require(address, 4);
    return (float) FLOAT.get(bytes, address);
  }

  @Override
  public void writeF32(int address, float value) {
    require(address, 4);
    FLOAT.set(bytes, address, value);
  }

  @Override
  public double readDouble(int address) {
    require(address, 8);
    return (double) DOUBLE.get(bytes, address);
  }

  @Override
  public void writeF64(int address, double value) {
    require(address, 8);
    DOUBLE.set(bytes, address, value);
  }

  @Override
  public long readU16(int address) {
    return readShort(address) & 0xFFFFL;
  }

  @Override
  public long readF32(int address) {
    return readInt(address);
  }

  @Override
  public long readF64(int address) {
    return readLong(address);
  }

  // ---- size and bulk instructions
  // -----------------------------------------------------------------

  @Override
  public int pages() {
    return pages;
  }

  @Override
  public int initialPages() {
    return pages;
  }

  @Override
  public int maximumPages() {
    return maximumPages;
  }

  @Override
  public int grow(int more) {
    if (more < 0 || more > maximumPages - pages) {
      return -1;
    }
    charge((long) more << GROW_SHIFT);
    int before = pages;
    pages = before + more;
    size = pages * PAGE_SIZE;
    if (size > bytes.length) {
      bytes = Arrays.copyOf(bytes, capacity());
    }
    return before;
  }

  /// Room for half as much again, so that growing page by page copies each byte a few times only.
  private int capacity() {
    long roomy = size + ((long) size >> 1);
    return (int) Math.min(roomy, (long) maximumPages * PAGE_SIZE);
  }

  @Override
  public void fill(byte value, int from, int to) {
    // The engine hands over from + size, wrapped; this takes the unsigned size back out.
    int size = to - from;
    requireInside(from, size);
    charge(Integer.toUnsignedLong(size) >> BULK_SHIFT);
    Arrays.fill(bytes, from, from + size, value);
  }

  @Override
  public void copy(int target, int source, int size) {
    requireInside(source, size);
    requireInside(target, size);
    charge(Integer.toUnsignedLong(size) >> BULK_SHIFT);
    System.arraycopy(bytes, source, bytes, target, size);
  }

  @Override
  public void initPassiveSegment(int segment, int target, int offset, int size) {
    byte[] data = segments[segment].data();
    if (offset < 0 || size < 0 || offset > data.length - size) {
      throw outOfBounds();
    }
    requireInside(target, size);
    charge(size >> BULK_SHIFT);
    System.arraycopy(data, offset, bytes, target, size);
  }

  @Override
  public void drop(int segment) {
    segments[segment] = PassiveDataSegment.EMPTY;
  }

  private void requireInside(int address, int size) {
    if (address < 0 || size < 0 || address > this.size - size) {
      throw outOfBounds();
    }
  }

  // ---- set-up -----------------------------------------------------------------------------------

  @Override
  public void initialize(Instance instance, DataSegment[] declared) {
    // The instance's own array, in which data.drop replaces what it drops.
    segments = declared;
    for (int i = 0; i < segments.length; i++) {
      if (segments[i] instanceof ActiveDataSegment active) {
        int offset =
            (int) ConstantEvaluators.computeConstantValue(instance, active.offsetInstructions())[0];
        byte[] data = active.data();
        requireInside(offset, data.length);
        System.arraycopy(data, 0, bytes, offset, data.length);
        segments[i] = PassiveDataSegment.EMPTY;
      }
    }
  }

  @Override
  public void zero() {
    // Fresh arrays are zero already.
  }

  // ---- what Endive's interface demands beyond that
  // --------------------------------------------------

  @Override
  public void write(int address, byte[] data, int offset, int size) {
    Objects.checkFromIndexSize(offset, size, data.length);
    requireInside(address, size);
    System.arraycopy(data, offset, bytes, address, size);
  }

  @Override
  public byte[] readBytes(int address, int length) {
    requireInside(address, length);
    return Arrays.copyOfRange(bytes, address, address + length);
  }

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  @Deprecated
  @SuppressWarnings("removal") // Abstract in the engine's interface until its next version.
  public Object lock(int address) {
    throw new UnsupportedOperationException("threads are not offered");
  }

  @Override
  @Deprecated
  @SuppressWarnings("removal") // Abstract in the engine's interface until its next version.
  public int waitOn(int address, int expected, long timeout) {
    throw new UnsupportedOperationException("threads are not offered");
  }

  @Override
  @Deprecated
  @SuppressWarnings("removal") // Abstract in the engine's interface until its next version.
  public int waitOn(int address, long expected, long timeout) {
    throw new UnsupportedOperationException("threads are not offered");
  }

  @Override
  @Deprecated
  @SuppressWarnings("removal") // Abstract in the engine's interface until its next version.
  public int notify(int address, int maxThreads) {
    throw new UnsupportedOperationException("threads are not offered");
  }

  // ---- for MemoryView
  // -----------------------------------------------------------------------------

  int sizeBytes() {
    return size;
  }

  /// The array, in which the `length` bytes from `address` belong to the guest.
  byte[] array(int address, int length) {
    requireInside(address, length);
    return bytes;
  }
}
