package io.kogluktualuk.controlplane.model.actions;

import io.kogluktualuk.fabric.hash.Hash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Memos as bytes, one behind the other, found by key: some 170 bytes each instead of the thousand
/// that objects would take.
///
/// ```
/// slots      hash table with linear probing, load at most 2/3:       8 bytes
///            32 bits of the key, mixed │ ordinal + 1, or 0
/// positions  ordinal → chunk number and offset in it                 4 bytes
/// chunks     1 MiB each: key 32 bytes │ the rest of the memo         an entry never spans two
/// ```
///
/// Entries are only added, and what is added never changes: a [View] of the first so many stays
/// right for ever and may be read without a lock.
///
/// **Threading:** one writer, and no reader of the store itself meanwhile; views by anyone.
/// **Bound:** [#CHUNKS_MAX] chunks: 4 GiB, over twenty million memos.
final class MemoStore {

  /// Just a mebibyte with the header of an array: collectors that cut their memory into pieces of
  /// that size would give it two of them otherwise.
  static final int CHUNK_BYTES = (1 << 20) - 16;

  static final int CHUNKS_MAX = 1 << 12;
  private static final int CHUNK_SHIFT = 20;
  private static final int BLOCK_SHIFT = 14;
  private static final int BLOCK_SIZE = 1 << BLOCK_SHIFT;
  private static final int SLOTS_MIN = 1 << 10;

  private static final VarHandle BE_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /// The first so many entries.
  record View(byte[][] chunks, int[][] positions, int count) {

    /// The chunk in which an entry lies.
    byte[] chunk(int ordinal) {
      return chunks[position(ordinal) >>> CHUNK_SHIFT];
    }

    /// Where in its chunk an entry begins.
    int offset(int ordinal) {
      return position(ordinal) & (1 << CHUNK_SHIFT) - 1;
    }

    private int position(int ordinal) {
      return positions[ordinal >>> BLOCK_SHIFT][ordinal & BLOCK_SIZE - 1];
    }

    boolean hasKey(int ordinal, Hash key) {
      byte[] chunk = chunk(ordinal);
      int offset = offset(ordinal);
      for (int word = 0; word < 4; word++) {
        if ((long) BE_LONG.get(chunk, offset + 8 * word) != key.word(word)) {
          return false;
        }
      }
      return true;
    }

    private long keyWord(int ordinal, int word) {
      return (long) BE_LONG.get(chunk(ordinal), offset(ordinal) + 8 * word);
    }
  }

  /// Mixed into the slots. Keys come from clients, who are not obliged to send hashes: with a
  /// choice of slots that they could foresee, some thousand keys would make each update a long
  /// search, on the one thread that applies entries. Only slots depend on it: ordinals do not.
  private final long secret;

  private View all = new View(new byte[0][], new int[0][], 0);
  private long[] slots = new long[SLOTS_MIN];
  private int usedInLastChunk = CHUNK_BYTES;

  /// @param secret of this store alone, unlike that of other replicas and other starts
  MemoStore(long secret) {
    this.secret = secret;
  }

  /// Everything there is now.
  View view() {
    return all;
  }

  /// The ordinal of the entry with a key, or -1.
  int find(Hash key) {
    int tag = tagOf(key.word(0), key.word(1), key.word(2), key.word(3));
    int slot = tag & slots.length - 1;
    while (slots[slot] != 0) {
      int ordinal = (int) slots[slot] - 1;
      if ((int) (slots[slot] >>> 32) == tag && all.hasKey(ordinal, key)) {
        return ordinal;
      }
      slot = slot + 1 & slots.length - 1;
    }
    return -1;
  }

  /// Whether an entry of that length still fits.
  boolean hasRoomFor(int length) {
    return all.chunks.length < CHUNKS_MAX || usedInLastChunk + length <= CHUNK_BYTES;
  }

  /// Adds the entry in the first bytes of an array. It begins with its key, which must not be
  /// there yet.
  void add(byte[] entry, int length) {
    int ordinal = all.count;
    byte[][] chunks = all.chunks;
    if (usedInLastChunk + length > CHUNK_BYTES) {
      chunks = Arrays.copyOf(chunks, chunks.length + 1);
      chunks[chunks.length - 1] = new byte[CHUNK_BYTES];
      usedInLastChunk = 0;
    }
    int[][] positions = all.positions;
    if ((ordinal & BLOCK_SIZE - 1) == 0) {
      positions = Arrays.copyOf(positions, positions.length + 1);
      positions[positions.length - 1] = new int[BLOCK_SIZE];
    }
    int chunk = chunks.length - 1;
    System.arraycopy(entry, 0, chunks[chunk], usedInLastChunk, length);
    positions[ordinal >>> BLOCK_SHIFT][ordinal & BLOCK_SIZE - 1] =
        chunk << CHUNK_SHIFT | usedInLastChunk;
    usedInLastChunk += length;
    all = new View(chunks, positions, ordinal + 1);
    index(ordinal);
  }

  void clear() {
    all = new View(new byte[0][], new int[0][], 0);
    slots = new long[SLOTS_MIN];
    usedInLastChunk = CHUNK_BYTES;
  }

  /// Memory taken, in bytes.
  long memoryBytes() {
    return (long) all.chunks.length * CHUNK_BYTES
        + 4L * BLOCK_SIZE * all.positions.length
        + 8L * slots.length;
  }

  private void index(int ordinal) {
    if (all.count * 3L > slots.length * 2L) {
      long[] old = slots;
      slots = new long[old.length * 2];
      for (long each : old) {
        occupy(each);
      }
    }
    View now = all;
    long tag =
        tagOf(
            now.keyWord(ordinal, 0),
            now.keyWord(ordinal, 1),
            now.keyWord(ordinal, 2),
            now.keyWord(ordinal, 3));
    occupy(tag << 32 | ordinal + 1);
  }

  private void occupy(long content) {
    if (content == 0) {
      return;
    }
    int slot = (int) (content >>> 32) & slots.length - 1;
    while (slots[slot] != 0) {
      slot = slot + 1 & slots.length - 1;
    }
    slots[slot] = content;
  }

  /// Folds the halves of products, as wyhash does. No factor is known to who does not know the
  /// secret, so nobody can make one zero.
  private int tagOf(long word0, long word1, long word2, long word3) {
    long mixed = fold(word0 ^ secret, word1 ^ Long.rotateLeft(secret, 21));
    mixed = fold(word2 ^ mixed, word3 ^ Long.rotateLeft(secret, 42));
    return (int) (mixed ^ mixed >>> 32);
  }

  private static long fold(long a, long b) {
    return a * b ^ Math.unsignedMultiplyHigh(a, b);
  }
}
