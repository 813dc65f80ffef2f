package io.kogluktualuk.fabric.hash;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;

/// The SHA-256 of exact bytes: the name of a blob, the key of a transaction.
///
/// Kept as four big-endian words, so that equality, ordering and bucket choice need no array.
/// Ordering is that of the bytes, unsigned.
public final class Hash implements Comparable<Hash> {

  public static final int BYTES = 32;

  private static final ValueLayout.OfLong BE_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final VarHandle BE_WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final long word0;
  private final long word1;
  private final long word2;
  private final long word3;

  private Hash(long word0, long word1, long word2, long word3) {
    this.word0 = word0;
    this.word1 = word1;
    this.word2 = word2;
    this.word3 = word3;
  }

  /// The hash whose 32 bytes start at `offset` of `segment`.
  public static Hash read(MemorySegment segment, long offset) {
    return new Hash(
        segment.get(BE_LONG, offset),
        segment.get(BE_LONG, offset + 8),
        segment.get(BE_LONG, offset + 16),
        segment.get(BE_LONG, offset + 24));
  }

  /// The hash whose 32 bytes start at `offset` of an array.
  public static Hash read(byte[] bytes, int offset) {
    return new Hash(
        (long) BE_WORD.get(bytes, offset),
        (long) BE_WORD.get(bytes, offset + 8),
        (long) BE_WORD.get(bytes, offset + 16),
        (long) BE_WORD.get(bytes, offset + 24));
  }

  /// The hash with exactly these 32 bytes.
  public static Hash ofBytes(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a hash has 32 bytes, found " + bytes.length);
    }
    return read(bytes, 0);
  }

  /// The hash of some bytes.
  public static Hash of(byte[] content) {
    return new Sha256().update(content, 0, content.length).finish();
  }

  /// The hash of some bytes, on or off the heap.
  public static Hash of(MemorySegment content) {
    return new Sha256().update(content).finish();
  }

  /// The hash of each of several ranges of bytes; together that takes less than one by one.
  public static List<Hash> ofEach(List<MemorySegment> contents) {
    List<Sha256> streams = contents.stream().map(_ -> new Sha256()).toList();
    Sha256.updateEach(streams, contents);
    return streams.stream().map(Sha256::finish).toList();
  }

  /// Reads 64 hex digits.
  ///
  /// @throws InvalidArgument when the text is anything else
  public static Hash parse(String hex) {
    if (hex.length() != 2 * BYTES) {
      throw new InvalidArgument(
          "not a hash: '"
              + hex
              + "'; expected 64 hex digits, found "
              + hex.length()
              + " characters");
    }
    try {
      return ofBytes(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw new InvalidArgument("not a hash: '" + hex + "'; expected 64 hex digits", e);
    }
  }

  /// Writes the 32 bytes at `offset` of `segment`.
  public void write(MemorySegment segment, long offset) {
    segment.set(BE_LONG, offset, word0);
    segment.set(BE_LONG, offset + 8, word1);
    segment.set(BE_LONG, offset + 16, word2);
    segment.set(BE_LONG, offset + 24, word3);
  }

  /// Writes the 32 bytes at `offset` of an array.
  public void write(byte[] bytes, int offset) {
    BE_WORD.set(bytes, offset, word0);
    BE_WORD.set(bytes, offset + 8, word1);
    BE_WORD.set(bytes, offset + 16, word2);
    BE_WORD.set(bytes, offset + 24, word3);
  }

  public byte[] toBytes() {
    byte[] bytes = new byte[BYTES];
    write(bytes, 0);
    return bytes;
  }

  /// One of the four 64-bit words, uniformly distributed: for buckets, placement and sampling.
  public long word(int index) {
    return switch (index) {
      case 0 -> word0;
      case 1 -> word1;
      case 2 -> word2;
      case 3 -> word3;
      default -> throw new IndexOutOfBoundsException(index);
    };
  }

  public String toHex() {
    return HexFormat.of().formatHex(toBytes());
  }

  /// The first twelve digits: enough for people, never for machines.
  public String toShortHex() {
    return toHex().substring(0, 12);
  }

  @Override
  public int compareTo(Hash other) {
    int order = Long.compareUnsigned(word0, other.word0);
    if (order == 0) {
      order = Long.compareUnsigned(word1, other.word1);
    }
    if (order == 0) {
      order = Long.compareUnsigned(word2, other.word2);
    }
    return order != 0 ? order : Long.compareUnsigned(word3, other.word3);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hash that
        && word0 == that.word0
        && word1 == that.word1
        && word2 == that.word2
        && word3 == that.word3;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(word0);
  }

  @Override
  public String toString() {
    return toHex();
  }
}
