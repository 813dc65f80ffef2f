package io.kogluktualuk.rdma.transport.memory;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// A region of another process's registered memory, as its owner described it in a control message.
///
/// The rkey is a name, not a secret; what is read through it is verified by its hash.
///
/// @param address the region's first byte in the owner's address space
/// @param length in bytes
/// @param rkey the owner's key for it
public record RemoteRegion(long address, long length, int rkey) {

  public RemoteRegion {
    if (length < 0) {
      throw new IllegalArgumentException("a region's length is not negative: " + length);
    }
  }

  public static RemoteRegion read(CanonicalReader reader) {
    long address = reader.u64();
    long length = reader.varint(Long.MAX_VALUE, "the length of a region");
    return new RemoteRegion(address, length, (int) reader.varint(0xFFFF_FFFFL, "an rkey"));
  }

  public void write(CanonicalWriter writer) {
    writer.u64(address).varint(length).varint(rkey & 0xFFFF_FFFFL);
  }
}
