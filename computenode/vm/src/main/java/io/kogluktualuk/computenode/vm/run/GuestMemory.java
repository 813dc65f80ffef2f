package io.kogluktualuk.computenode.vm.run;

import java.lang.foreign.MemorySegment;

/// The linear memory of a running guest, as host functions see it.
///
/// Addresses are unsigned 32-bit, little-endian as in Wasm. An access outside the memory throws
/// [GuestTrap] with [TrapKind#OUT_OF_BOUNDS]; a host function that wants to return an error number
/// instead asks [#holds] first.
///
/// **Threading:** only the guest's thread, inside a host function.
public interface GuestMemory {

  /// Current size in bytes.
  long size();

  /// Whether `length` bytes from `address` are inside.
  boolean holds(int address, long length);

  byte getByte(int address);

  void setByte(int address, byte value);

  int getInt(int address);

  void setInt(int address, int value);

  long getLong(int address);

  void setLong(int address, long value);

  /// Copies out of the guest.
  void get(int address, byte[] target, int offset, int length);

  /// Copies into the guest.
  void set(int address, byte[] source, int offset, int length);

  /// A view of the guest's bytes, for bulk copies in either direction.
  ///
  /// **Ownership:** borrowed, and only until the host function returns: growing replaces the array.
  MemorySegment view(int address, int length);

  /// Reads UTF-8.
  ///
  /// @throws GuestTrap when outside; malformed bytes become U+FFFD
  String getString(int address, int length);

  /// Adds pages of 64 KiB as `memory.grow` does, charging fuel in the same way.
  ///
  /// @return the former number of pages, or -1 when the limit does not allow it
  int grow(int pages);
}
