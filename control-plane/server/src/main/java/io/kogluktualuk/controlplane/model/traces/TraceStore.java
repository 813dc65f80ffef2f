package io.kogluktualuk.controlplane.model.traces;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.TraceEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Entries of the trace trie as bytes, in the order in which they came, found by their node: 64
/// bytes, a slot and a mark each.
///
/// ```
/// slots   hash table with linear probing, load at most 2/3: ordinal + 1, or 0      4 bytes
/// chunks  2^14 - 1 entries each: node 32 bytes │ key 32 bytes                     64 bytes
/// marks   whether somebody has come by since                                       1 bit
/// ```
///
/// They go as they came, a chunk at a time ([#forget]): those that are marked lose the mark and
/// stand behind all others from then on. That is the *second chance* of Corbató's paging
/// experiment (1968).
///
/// Bytes that are in a [View] never change: it stays right for ever and may be read without a lock.
///
/// **Threading:** one writer, and no reader of the store itself meanwhile; views by anyone.
/// **Bound:** [TraceTable#ENTRIES_MAX].
final class TraceStore {

  /// Just a mebibyte with the header of an array: collectors that cut their memory into pieces of
  /// that size would give it two of them otherwise.
  static final int CHUNK_ENTRIES = (1 << 14) - 1;

  private static final int ENTRY_BYTES = TraceEntry.ENCODED_BYTES;
  private static final int SLOTS_MIN = 1 << 10;

  /// The entries at one moment, the eldest first.
  record View(byte[][] chunks, int chunkEntries, int count, BitSet marks) {

    TraceEntry get(int ordinal) {
      return new TraceEntry(node(ordinal), key(ordinal));
    }

    boolean isMarked(int ordinal) {
      return marks.get(ordinal);
    }

    private Hash node(int ordinal) {
      return Hash.read(chunks[ordinal / chunkEntries], ordinal % chunkEntries * ENTRY_BYTES);
    }

    private Hash key(int ordinal) {
      int at = ordinal % chunkEntries * ENTRY_BYTES + Hash.BYTES;
      return Hash.read(chunks[ordinal / chunkEntries], at);
    }
  }

  /// Mixed into the slots: nodes come from clients, who are not obliged to send hashes. Nothing
  /// but slots depends on it.
  private final long secret;

  private final int chunkEntries;
  private View all;
  private int[] slots = new int[SLOTS_MIN];

  /// @param secret of this store alone, unlike that of other replicas and other starts
  /// @param chunkEntries how many are forgotten at a time; the same on all replicas
  TraceStore(long secret, int chunkEntries) {
    this.secret = secret;
    this.chunkEntries = chunkEntries;
    this.all = empty();
  }

  private View empty() {
    return new View(new byte[0][], chunkEntries, 0, new BitSet());
  }

  /// Everything there is now.
  View view() {
    return new View(all.chunks, chunkEntries, all.count, (BitSet) all.marks.clone());
  }

  int size() {
    return all.count;
  }

  /// Who has a node; null when nobody does.
  @Nullable Hash find(Hash node) {
    int ordinal = ordinalOf(node);
    return ordinal < 0 ? null : all.key(ordinal);
  }

  private int ordinalOf(Hash node) {
    int slot = slotOf(node);
    while (slots[slot] != 0 && !all.node(slots[slot] - 1).equals(node)) {
      slot = next(slot);
    }
    return slots[slot] - 1;
  }

  /// Whether somebody has come by a node that is there, and was marked.
  boolean isMarked(Hash node) {
    return all.marks.get(ordinalOf(node));
  }

  /// Marks a node that is there.
  void mark(Hash node) {
    all.marks.set(ordinalOf(node));
  }

  /// Gives a node that is there to another.
  void replace(TraceEntry entry) {
    int ordinal = ordinalOf(entry.node());
    byte[][] chunks = all.chunks.clone();
    byte[] chunk = chunks[ordinal / chunkEntries].clone();
    entry.key().write(chunk, ordinal % chunkEntries * ENTRY_BYTES + Hash.BYTES);
    chunks[ordinal / chunkEntries] = chunk;
    all = new View(chunks, chunkEntries, all.count, all.marks);
  }

  /// Adds an entry for a node that nobody has yet.
  void add(TraceEntry entry) {
    int ordinal = all.count;
    byte[][] chunks = all.chunks;
    if (ordinal % chunkEntries == 0) {
      chunks = Arrays.copyOf(chunks, chunks.length + 1);
      chunks[chunks.length - 1] = new byte[chunkEntries * ENTRY_BYTES];
    }
    byte[] chunk = chunks[chunks.length - 1];
    int at = ordinal % chunkEntries * ENTRY_BYTES;
    entry.node().write(chunk, at);
    entry.key().write(chunk, at + Hash.BYTES);
    all = new View(chunks, chunkEntries, ordinal + 1, all.marks);
    if (all.count * 3L > slots.length * 2L) {
      slots = new int[slots.length * 2];
      for (int each = 0; each < ordinal; each++) {
        occupy(each);
      }
    }
    occupy(ordinal);
  }

  /// Forgets at least so many entries, as far as there are any.
  void forget(int count) {
    int left = Math.max(0, all.count - count);
    while (all.count > left) {
      forgetChunk();
    }
  }

  /// Goes through the eldest chunk. Those that were marked come back as the latest.
  private void forgetChunk() {
    View before = all;
    int gone = Math.min(before.count, chunkEntries);
    List<TraceEntry> staying = new ArrayList<>();
    for (int ordinal = 0; ordinal < gone; ordinal++) {
      if (before.isMarked(ordinal)) {
        staying.add(before.get(ordinal));
      }
      vacate(slotHolding(ordinal));
    }
    for (int slot = 0; slot < slots.length; slot++) {
      slots[slot] = slots[slot] == 0 ? 0 : slots[slot] - gone;
    }
    byte[][] chunks = Arrays.copyOfRange(before.chunks, 1, before.chunks.length);
    BitSet marks = before.marks.get(gone, Math.max(gone, before.marks.length()));
    all = new View(chunks, chunkEntries, before.count - gone, marks);
    staying.forEach(this::add);
  }

  void clear() {
    all = empty();
    slots = new int[SLOTS_MIN];
  }

  private void occupy(int ordinal) {
    int slot = slotOf(all.node(ordinal));
    while (slots[slot] != 0) {
      slot = next(slot);
    }
    slots[slot] = ordinal + 1;
  }

  private int slotHolding(int ordinal) {
    int slot = slotOf(all.node(ordinal));
    while (slots[slot] != ordinal + 1) {
      slot = next(slot);
    }
    return slot;
  }

  /// Empties a slot, and moves those up that would not be found behind an empty one: Knuth's
  /// algorithm R (The Art of Computer Programming 3, 6.4).
  private void vacate(int slot) {
    int hole = slot;
    for (int at = next(slot); slots[at] != 0; at = next(at)) {
      int home = slotOf(all.node(slots[at] - 1));
      int wayToHole = hole - home & slots.length - 1;
      int wayToHere = at - home & slots.length - 1;
      if (wayToHole < wayToHere) {
        slots[hole] = slots[at];
        hole = at;
      }
    }
    slots[hole] = 0;
  }

  private int next(int slot) {
    return slot + 1 & slots.length - 1;
  }

  /// Folds the halves of products, as wyhash does.
  private int slotOf(Hash node) {
    long mixed = fold(node.word(0) ^ secret, node.word(1) ^ Long.rotateLeft(secret, 21));
    mixed = fold(node.word(2) ^ mixed, node.word(3) ^ Long.rotateLeft(secret, 42));
    return (int) (mixed ^ mixed >>> 32) & slots.length - 1;
  }

  private static long fold(long a, long b) {
    return a * b ^ Math.unsignedMultiplyHigh(a, b);
  }
}
