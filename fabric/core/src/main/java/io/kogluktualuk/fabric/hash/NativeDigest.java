package io.kogluktualuk.fabric.hash;

import static io.kogluktualuk.fabric.hash.ShaLibrary.BLOCK_BYTES;
import static io.kogluktualuk.fabric.hash.ShaLibrary.STEP_BLOCKS;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// SHA-256 by [ShaLibrary]: the state, what does not fill a block yet, and the padding.
///
/// **Memory:** about 200 bytes.
final class NativeDigest implements Digest {

  /// Of the state.
  static final int WORDS = 8;

  /// FIPS 180-4, 5.3.3.
  private static final int[] INITIAL = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
  };

  private static final VarHandle BE_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final VarHandle BE_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int LENGTH_BYTES = 8;

  private final int[] words = INITIAL.clone();
  private final MemorySegment state = MemorySegment.ofArray(words);
  private final byte[] pending = new byte[BLOCK_BYTES];
  private int pendingLength;
  private long length;

  @Override
  public void update(byte[] bytes, int offset, int count) {
    int at = offset + fill(bytes, offset, count);
    int end = offset + count;
    while (end - at >= BLOCK_BYTES) {
      int blocks = Math.min((end - at) / BLOCK_BYTES, STEP_BLOCKS);
      int step = blocks * BLOCK_BYTES;
      ShaLibrary.blocks(state, MemorySegment.ofArray(bytes).asSlice(at, step), blocks);
      length += step;
      at += step;
    }
    keep(bytes, at, end - at);
  }

  /// How many bytes are missing to the end of a block that has begun.
  int missing() {
    return pendingLength == 0 ? 0 : BLOCK_BYTES - pendingLength;
  }

  /// The state between two blocks: whoever advances it tells how far.
  MemorySegment state() {
    return state;
  }

  void advanced(long blocks) {
    length += blocks * BLOCK_BYTES;
  }

  /// Puts the state between two blocks beside those of other streams, as [ShaLibrary#wide] has it.
  void copyState(int[] states, int lane) {
    for (int i = 0; i < WORDS; i++) {
      states[i * WideLanes.LANES + lane] = words[i];
    }
  }

  /// Takes the state from there, after so many blocks.
  void advance(int[] states, int lane, long blocks) {
    for (int i = 0; i < WORDS; i++) {
      words[i] = states[i * WideLanes.LANES + lane];
    }
    advanced(blocks);
  }

  /// Goes on with the block that has begun, if one has; says how many bytes that took.
  private int fill(byte[] bytes, int offset, int count) {
    int part = Math.min(missing(), count);
    keep(bytes, offset, part);
    if (pendingLength == BLOCK_BYTES) {
      ShaLibrary.blocks(state, MemorySegment.ofArray(pending), 1);
      pendingLength = 0;
    }
    return part;
  }

  private void keep(byte[] bytes, int offset, int count) {
    System.arraycopy(bytes, offset, pending, pendingLength, count);
    pendingLength += count;
    length += count;
  }

  @Override
  public byte[] finish() {
    boolean fits = pendingLength + 1 + LENGTH_BYTES <= BLOCK_BYTES;
    byte[] last = Arrays.copyOf(pending, fits ? BLOCK_BYTES : 2 * BLOCK_BYTES);
    Arrays.fill(last, pendingLength, BLOCK_BYTES, (byte) 0);
    last[pendingLength] = (byte) 0x80;
    BE_LONG.set(last, last.length - LENGTH_BYTES, length * Byte.SIZE);
    ShaLibrary.blocks(state, MemorySegment.ofArray(last), last.length / BLOCK_BYTES);
    byte[] hash = new byte[Hash.BYTES];
    for (int i = 0; i < words.length; i++) {
      BE_INT.set(hash, i * Integer.BYTES, words[i]);
    }
    System.arraycopy(INITIAL, 0, words, 0, words.length);
    pendingLength = 0;
    length = 0;
    return hash;
  }
}
