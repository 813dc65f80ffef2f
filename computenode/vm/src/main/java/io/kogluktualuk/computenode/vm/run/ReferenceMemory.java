package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.LinearMemory;
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

/// The linear memory of a guest as the reference engine sees it, and the data segments of its
/// module. Where guests share a memory, each has one of these.
///
/// **Threading:** the guest's thread only.
final class ReferenceMemory implements Memory {

  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  /// One unit of fuel per 16 bytes moved by a bulk instruction.
  private static final int BULK_SHIFT = 4;

  /// One page costs 256: it has to be zeroed, and now and then copied.
  private static final int GROW_SHIFT = 8;

  private final LinearMemory memory;
  private final ReferenceCells cells;
  private final int maximumPages;
  private DataSegment[] segments = new DataSegment[0];

  ReferenceMemory(LinearMemory memory, int maximumPages, ReferenceCells cells) {
    this.cells = cells;
    this.memory = memory;
    this.maximumPages = maximumPages;
  }

  private static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
  }

  // ---- access -----------------------------------------------------------------------------------

  private byte[] require(int address, int length) {
    if (address < 0 || length < 0 || address > memory.size() - length) {
      throw new GuestTrap(TrapKind.OUT_OF_BOUNDS, "out of bounds memory access");
    }
    return memory.bytes();
  }

  @Override
  public byte read(int address) {
    return require(address, 1)[address];
  }

  @Override
  public void writeByte(int address, byte value) {
    require(address, 1)[address] = value;
  }

  @Override
  public short readShort(int address) {
    return (short) SHORT.get(require(address, 2), address);
  }

  @Override
  public void writeShort(int address, short value) {
    SHORT.set(require(address, 2), address, value);
  }

  @Override
  public int readInt(int address) {
    return (int) INT.get(require(address, 4), address);
  }

  @Override
  public void writeI32(int address, int value) {
    INT.set(require(address, 4), address, value);
  }

  @Override
  public long readLong(int address) {
    return (long) LONG.get(require(address, 8), address);
  }

  @Override
  public void writeLong(int address, long value) {
    LONG.set(require(address, 8), address, value);
  }

  @Override
  public float readFloat(int address) {
    return Float.intBitsToFloat(readInt(address));
  }

  @Override
  public void writeF32(int address, float value) {
    writeI32(address, Float.floatToRawIntBits(value));
  }

  @Override
  public double readDouble(int address) {
    return Double.longBitsToDouble(readLong(address));
  }

  @Override
  public void writeF64(int address, double value) {
    writeLong(address, Double.doubleToRawLongBits(value));
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

  // ---- size and bulk instructions ---------------------------------------------------------------

  @Override
  public int pages() {
    return memory.pages();
  }

  @Override
  public int initialPages() {
    return memory.pages();
  }

  @Override
  public int maximumPages() {
    return maximumPages;
  }

  @Override
  public int grow(int more) {
    if (!memory.mayGrow(more)) {
      return -1;
    }
    cells.charge((long) more << GROW_SHIFT);
    int before = memory.pages();
    memory.grow(more);
    return before;
  }

  @Override
  public void fill(byte value, int from, int to) {
    // The engine hands over from + size, wrapped; this takes the unsigned size back out.
    int size = to - from;
    byte[] bytes = require(from, size);
    cells.charge(size >> BULK_SHIFT);
    Arrays.fill(bytes, from, from + size, value);
  }

  @Override
  public void copy(int target, int source, int size) {
    byte[] bytes = require(source, size);
    require(target, size);
    cells.charge(size >> BULK_SHIFT);
    System.arraycopy(bytes, source, bytes, target, size);
  }

  @Override
  public void initPassiveSegment(int segment, int target, int offset, int size) {
    byte[] data = segments[segment].data();
    if (offset < 0 || size < 0 || offset > data.length - size) {
      throw new GuestTrap(TrapKind.OUT_OF_BOUNDS, "out of bounds memory access");
    }
    byte[] bytes = require(target, size);
    cells.charge(size >> BULK_SHIFT);
    System.arraycopy(data, offset, bytes, target, size);
  }

  @Override
  public void drop(int segment) {
    segments[segment] = PassiveDataSegment.EMPTY;
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
        System.arraycopy(data, 0, require(offset, data.length), offset, data.length);
        segments[i] = PassiveDataSegment.EMPTY;
      }
    }
  }

  @Override
  public void zero() {
    // Fresh arrays are zero already.
  }

  // ---- what the engine's interface demands beyond that ------------------------------------------

  @Override
  public void write(int address, byte[] data, int offset, int size) {
    Objects.checkFromIndexSize(offset, size, data.length);
    System.arraycopy(data, offset, require(address, size), address, size);
  }

  @Override
  public byte[] readBytes(int address, int length) {
    return Arrays.copyOfRange(require(address, length), address, address + length);
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
}
