package io.kogluktualuk.controlplane.model.actions;

import io.kogluktualuk.fabric.hash.Hash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Memos as bytes, one behind the other, found by key: some 170 bytes each instead of the thousand
/// that objects would take.
///
/// ```
/// slots      hash table with linear probing, load at most 2/3:       8 bytes
///            32 bits of the key, mixed │ place + 1, or 0
/// place      u14 chunk │ u17 offset in units of 8 bytes
/// chunks     1 MiB each, see MemoChunk                               an entry never spans two
/// ```
///
/// What is added never changes: a [MemoSnapshot] stays right for ever and may be read without a
/// lock. What is forgotten leaves a hole; a chunk of which a quarter is holes has its living memos
/// moved behind all others, and is dropped. So a memo's place is good until the next one is
/// forgotten, and chunks are a third larger than what lives in them, at most.
///
/// **Threading:** one writer, and no reader of the store itself meanwhile; snapshots by anyone.
/// **Bound:** [#CHUNKS_MAX] chunks: 16 GiB. [MemoTable] sees to it that they are never needed.
final class MemoStore {

  static final int CHUNKS_MAX = 1 << 14;

  private static final int OFFSET_BITS = 17;
  private static final int SLOTS_MIN = 1 << 10;

  private static final VarHandle BE_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /// Mixed into the slots. Keys come from clients, who are not obliged to send hashes: with a
  /// choice of slots that they could foresee, some thousand keys would make each update a long
  /// search, on the one thread that applies entries. Nothing but slots depends on it.
  private final long secret;

  private @Nullable MemoChunk[] chunks = new MemoChunk[16];
  private int chunkCount;
  private int tail = -1;
  private int serials;
  private long[] slots = new long[SLOTS_MIN];
  private int count;

  /// @param secret of this store alone, unlike that of other replicas and other starts
  MemoStore(long secret) {
    this.secret = secret;
  }

  /// Everything there is now.
  MemoSnapshot snapshot() {
    MemoChunk.@Nullable Frozen[] frozen = new MemoChunk.Frozen[chunkCount];
    for (int i = 0; i < chunkCount; i++) {
      MemoChunk chunk = chunks[i];
      frozen[i] = chunk == null ? null : chunk.freeze();
    }
    return new MemoSnapshot(frozen, count);
  }

  int count() {
    return count;
  }

  /// The place of the entry with a key, or -1.
  int find(Hash key) {
    int tag = tagOf(key.word(0), key.word(1), key.word(2), key.word(3));
    int slot = tag & slots.length - 1;
    while (slots[slot] != 0) {
      int place = (int) slots[slot] - 1;
      if ((int) (slots[slot] >>> 32) == tag && hasKey(place, key)) {
        return place;
      }
      slot = slot + 1 & slots.length - 1;
    }
    return -1;
  }

  /// The array in which the entry at a place lies.
  byte[] bytesAt(int place) {
    return chunkAt(place).bytes();
  }

  /// Where in that array it begins, with its key.
  static int offsetAt(int place) {
    return beginAt(place) + 1;
  }

  /// Which chunk it lies in; chunks of the same number are told apart by [#serialAt].
  static int chunkNumberAt(int place) {
    return place >>> OFFSET_BITS;
  }

  int serialAt(int place) {
    return chunkAt(place).serial();
  }

  static int placeOf(int chunk, int begin) {
    return chunk << OFFSET_BITS | begin / MemoChunk.UNIT;
  }

  /// Adds the entry in the first bytes of an array. It begins with its key, which must not be
  /// there yet.
  void add(byte[] entry, int length) {
    count++;
    if (count * 3L > slots.length * 2L) {
      grow();
    }
    occupy(append(entry, 0, length));
  }

  /// Forgets the entry at a place.
  void remove(int place) {
    vacate(place);
    count--;
    MemoChunk chunk = chunkAt(place);
    chunk.forget(beginAt(place));
    int number = chunkNumberAt(place);
    if (number != tail && chunk.isWorthCleaning()) {
      clean(number, chunk);
    }
  }

  void clear() {
    chunks = new MemoChunk[16];
    chunkCount = 0;
    tail = -1;
    slots = new long[SLOTS_MIN];
    count = 0;
  }

  /// Memory taken, in bytes.
  long memoryBytes() {
    long bytes = 8L * slots.length;
    for (int i = 0; i < chunkCount; i++) {
      MemoChunk chunk = chunks[i];
      bytes += chunk == null ? 0 : chunk.memoryBytes();
    }
    return bytes;
  }

  private MemoChunk chunkAt(int place) {
    MemoChunk chunk = chunks[chunkNumberAt(place)];
    if (chunk == null) {
      throw new IllegalStateException("nothing is at place " + place);
    }
    return chunk;
  }

  private static int beginAt(int place) {
    return (place & (1 << OFFSET_BITS) - 1) * MemoChunk.UNIT;
  }

  private boolean hasKey(int place, Hash key) {
    byte[] bytes = bytesAt(place);
    int offset = offsetAt(place);
    for (int word = 0; word < 4; word++) {
      if ((long) BE_LONG.get(bytes, offset + 8 * word) != key.word(word)) {
        return false;
      }
    }
    return true;
  }

  /// Puts an entry behind all others.
  ///
  /// @return its place
  private int append(byte[] from, int offset, int length) {
    MemoChunk last = tail < 0 ? null : chunks[tail];
    if (last == null || !last.hasRoomFor(length)) {
      int full = tail;
      MemoChunk fresh = open();
      int place = placeOf(tail, fresh.add(from, offset, length));
      if (last != null && last.isWorthCleaning()) {
        clean(full, last);
      }
      return place;
    }
    return placeOf(tail, last.add(from, offset, length));
  }

  private MemoChunk open() {
    int number = 0;
    while (number < chunkCount && chunks[number] != null) {
      number++;
    }
    if (number == chunks.length) {
      chunks = Arrays.copyOf(chunks, chunks.length * 2);
    }
    MemoChunk fresh = new MemoChunk(serials++);
    chunks[number] = fresh;
    chunkCount = Math.max(chunkCount, number + 1);
    tail = number;
    return fresh;
  }

  /// Moves what lives in a chunk, and drops it.
  private void clean(int number, MemoChunk chunk) {
    byte[] bytes = chunk.bytes();
    MemoSnapshot.Cursor living =
        new MemoSnapshot(new MemoChunk.Frozen[] {chunk.freeze()}, 0).cursor(0);
    while (living.next()) {
      vacate(placeOf(number, living.offset() - 1));
      occupy(append(bytes, living.offset(), MemoChunk.lengthAt(bytes, living.offset() - 1)));
    }
    chunks[number] = null;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[old.length * 2];
    for (long each : old) {
      if (each != 0) {
        occupy(each);
      }
    }
  }

  private void occupy(int place) {
    occupy((long) tagAt(place) << 32 | place + 1L);
  }

  private void occupy(long content) {
    int slot = (int) (content >>> 32) & slots.length - 1;
    while (slots[slot] != 0) {
      slot = slot + 1 & slots.length - 1;
    }
    slots[slot] = content;
  }

  /// Empties the slot of a place, and lets those behind it come closer to where they belong, as in
  /// Knuth, The Art of Computer Programming 3, algorithm 6.4 R.
  private void vacate(int place) {
    int mask = slots.length - 1;
    int hole = tagAt(place) & mask;
    while ((int) slots[hole] - 1 != place) {
      hole = hole + 1 & mask;
    }
    for (int slot = hole + 1 & mask; slots[slot] != 0; slot = slot + 1 & mask) {
      int home = (int) (slots[slot] >>> 32) & mask;
      if ((slot - home & mask) >= (slot - hole & mask)) {
        slots[hole] = slots[slot];
        hole = slot;
      }
    }
    slots[hole] = 0;
  }

  private int tagAt(int place) {
    byte[] bytes = bytesAt(place);
    int offset = offsetAt(place);
    return tagOf(
        (long) BE_LONG.get(bytes, offset),
        (long) BE_LONG.get(bytes, offset + 8),
        (long) BE_LONG.get(bytes, offset + 16),
        (long) BE_LONG.get(bytes, offset + 24));
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
