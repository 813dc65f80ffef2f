package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.IntUnaryOperator;

/// A guest's memory as its host functions see it.
///
/// **Threading:** the guest's thread.
///
/// @param grower does what `memory.grow` does
record MemoryView(LinearMemory memory, IntUnaryOperator grower) implements GuestMemory {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  @Override
  public long size() {
    return memory.size();
  }

  @Override
  public boolean holds(int address, long length) {
    return address >= 0 && length >= 0 && length <= memory.size() - (long) address;
  }

  /// The array, in which the `length` bytes from `address` belong to the guest.
  private byte[] array(int address, int length) {
    if (!holds(address, length)) {
      throw new GuestTrap(TrapKind.OUT_OF_BOUNDS, "out of bounds memory access");
    }
    return memory.bytes();
  }

  @Override
  public byte getByte(int address) {
    return array(address, 1)[address];
  }

  @Override
  public void setByte(int address, byte value) {
    array(address, 1)[address] = value;
  }

  @Override
  public int getInt(int address) {
    return (int) INT.get(array(address, 4), address);
  }

  @Override
  public void setInt(int address, int value) {
    INT.set(array(address, 4), address, value);
  }

  @Override
  public long getLong(int address) {
    return (long) LONG.get(array(address, 8), address);
  }

  @Override
  public void setLong(int address, long value) {
    LONG.set(array(address, 8), address, value);
  }

  @Override
  public void get(int address, byte[] target, int offset, int length) {
    System.arraycopy(array(address, length), address, target, offset, length);
  }

  @Override
  public void set(int address, byte[] source, int offset, int length) {
    System.arraycopy(source, offset, array(address, length), address, length);
  }

  @Override
  public MemorySegment view(int address, int length) {
    return MemorySegment.ofArray(array(address, length)).asSlice(address, length);
  }

  @Override
  public String getString(int address, int length) {
    return new String(array(address, length), address, length, StandardCharsets.UTF_8);
  }

  @Override
  public int grow(int pages) {
    return grower.applyAsInt(pages);
  }
}
