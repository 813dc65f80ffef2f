package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/// Immutable bytes and their hash.
///
/// **Ownership:** whoever makes a blob gives up writing to its segment. The segment stays valid as
/// long as the blob is reachable: it is on the heap, or its arena outlives every blob in it.
///
/// @param hash the SHA-256 of the bytes; the factories make it so
/// @param bytes at most [#LENGTH_MAX] bytes
public record Blob(Hash hash, MemorySegment bytes) {

  /// 4 MiB: one blob is one message of the data plane, and RDMA adapters in use limit those.
  public static final int LENGTH_MAX = 4 << 20;

  /// The blob of no bytes.
  public static final Blob EMPTY = of(new byte[0]);

  public Blob {
    if (bytes.byteSize() > LENGTH_MAX) {
      throw new IllegalArgumentException(
          "a blob has at most " + LENGTH_MAX + " bytes, found " + bytes.byteSize());
    }
  }

  /// The blob of these bytes; computes the hash.
  public static Blob of(byte[] bytes) {
    return of(MemorySegment.ofArray(bytes));
  }

  /// The blob of these bytes; computes the hash.
  public static Blob of(MemorySegment bytes) {
    return new Blob(Hash.of(bytes), bytes);
  }

  /// The blob of each of several ranges of bytes, hashed side by side.
  public static List<Blob> ofEach(List<MemorySegment> parts) {
    List<Hash> hashes = Hash.ofEach(parts);
    return IntStream.range(0, parts.size())
        .mapToObj(i -> new Blob(hashes.get(i), parts.get(i)))
        .toList();
  }

  /// The blob of bytes with which something longer goes on: both hashes in one pass.
  ///
  /// @param whole is fed with the bytes, too
  public static Blob partOf(Sha256 whole, MemorySegment bytes) {
    Sha256 own = new Sha256();
    Sha256.updateEach(List.of(own, whole), List.of(bytes, bytes));
    return new Blob(own.finish(), bytes);
  }

  /// The blob of bytes that were fetched by name.
  ///
  /// @throws Corruption when the bytes do not have that hash
  public static Blob verified(Hash expected, MemorySegment bytes) {
    Hash found = Hash.of(bytes);
    if (!found.equals(expected)) {
      throw new Corruption(
          "blob " + expected + ": its " + bytes.byteSize() + " bytes have hash " + found);
    }
    return new Blob(found, bytes);
  }

  public int length() {
    return (int) bytes.byteSize();
  }

  /// A copy of the bytes.
  public byte[] toArray() {
    return bytes.toArray(ValueLayout.JAVA_BYTE);
  }

  @Override
  public String toString() {
    return "blob " + hash.toShortHex() + " of " + length() + " bytes";
  }
}
