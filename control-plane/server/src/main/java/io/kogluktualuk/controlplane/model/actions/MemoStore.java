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
///            32 bits of the key │ ordinal + 1, or 0
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

  static final int CHUNK_BYTES = 1 << 20;
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
      return position(ordinal) & CHUNK_BYTES - 1;
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

  /// The keys are hashes; this word of them chooses the slot. Placement uses others.
  private static final int SLOT_WORD = 2;

  private View all = new View(new byte[0][], new int[0][], 0);
  private long[] slots = new long[SLOTS_MIN];
  private int usedInLastChunk = CHUNK_BYTES;

  /// Everything there is now.
  View view() {
    return all;
  }

  /// The ordinal of the entry with a key, or -1.
  int find(Hash key) {
    int tag = tagOf(key.word(SLOT_WORD));
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

  /// Adds an entry, which begins with its key; the key must not be there yet.
  void add(byte[] entry) {
    int ordinal = all.count;
    byte[][] chunks = all.chunks;
    if (usedInLastChunk + entry.length > CHUNK_BYTES) {
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
    System.arraycopy(entry, 0, chunks[chunk], usedInLastChunk, entry.length);
    positions[ordinal >>> BLOCK_SHIFT][ordinal & BLOCK_SIZE - 1] =
        chunk << CHUNK_SHIFT | usedInLastChunk;
    usedInLastChunk += entry.length;
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
    long tag = tagOf(all.keyWord(ordinal, SLOT_WORD));
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

  private static int tagOf(long word) {
    return (int) (word ^ word >>> 32);
  }
}
