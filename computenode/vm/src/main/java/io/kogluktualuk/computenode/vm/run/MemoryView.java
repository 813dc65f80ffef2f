package io.kogluktualuk.computenode.vm.run;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// A guest's memory as its host functions see it.
///
/// **Threading:** the guest's thread.
record MemoryView(FlatMemory memory) implements GuestMemory {

  @Override
  public long size() {
    return memory.sizeBytes();
  }

  @Override
  public boolean holds(int address, long length) {
    return address >= 0 && length >= 0 && length <= memory.sizeBytes() - (long) address;
  }

  @Override
  public byte getByte(int address) {
    return memory.read(address);
  }

  @Override
  public void setByte(int address, byte value) {
    memory.writeByte(address, value);
  }

  @Override
  public int getInt(int address) {
    return memory.readInt(address);
  }

  @Override
  public void setInt(int address, int value) {
    memory.writeI32(address, value);
  }

  @Override
  public long getLong(int address) {
    return memory.readLong(address);
  }

  @Override
  public void setLong(int address, long value) {
    memory.writeLong(address, value);
  }

  @Override
  public void get(int address, byte[] target, int offset, int length) {
    System.arraycopy(memory.array(address, length), address, target, offset, length);
  }

  @Override
  public void set(int address, byte[] source, int offset, int length) {
    System.arraycopy(source, offset, memory.array(address, length), address, length);
  }

  @Override
  public MemorySegment view(int address, int length) {
    return MemorySegment.ofArray(memory.array(address, length)).asSlice(address, length);
  }

  @Override
  public String getString(int address, int length) {
    return new String(memory.array(address, length), address, length, StandardCharsets.UTF_8);
  }

  @Override
  public int grow(int pages) {
    return memory.grow(pages);
  }
}
