package io.kogluktualuk.controlplane.model.traces;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.TraceEntry;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Entries of the trace trie as bytes, in the order in which they came, found by their node: 64
/// bytes and a slot each.
///
/// ```
/// slots   hash table with linear probing, load at most 2/3: ordinal + 1, or 0      4 bytes
/// chunks  2^14 - 1 entries each: node 32 bytes │ key 32 bytes                     64 bytes
/// ```
///
/// What is added never changes: a [View] of the first so many stays right for ever and may be read
/// without a lock.
///
/// **Threading:** one writer, and no reader of the store itself meanwhile; views by anyone.
/// **Bound:** [TraceTable#ENTRIES_MAX].
final class TraceStore {

  /// Just a mebibyte with the header of an array: collectors that cut their memory into pieces of
  /// that size would give it two of them otherwise.
  private static final int CHUNK_ENTRIES = (1 << 14) - 1;

  private static final int ENTRY_BYTES = TraceEntry.ENCODED_BYTES;
  private static final int SLOTS_MIN = 1 << 10;

  /// The first so many entries.
  record View(byte[][] chunks, int count) {

    TraceEntry get(int ordinal) {
      return new TraceEntry(node(ordinal), key(ordinal));
    }

    private Hash node(int ordinal) {
      return Hash.read(chunks[ordinal / CHUNK_ENTRIES], ordinal % CHUNK_ENTRIES * ENTRY_BYTES);
    }

    private Hash key(int ordinal) {
      int at = ordinal % CHUNK_ENTRIES * ENTRY_BYTES + Hash.BYTES;
      return Hash.read(chunks[ordinal / CHUNK_ENTRIES], at);
    }
  }

  /// Mixed into the slots: nodes come from clients, who are not obliged to send hashes. Nothing
  /// but slots depends on it.
  private final long secret;

  private View all = new View(new byte[0][], 0);
  private int[] slots = new int[SLOTS_MIN];

  /// @param secret of this store alone, unlike that of other replicas and other starts
  TraceStore(long secret) {
    this.secret = secret;
  }

  /// Everything there is now.
  View view() {
    return all;
  }

  /// Who has a node; null when nobody does.
  @Nullable Hash find(Hash node) {
    for (int slot = slotOf(node); slots[slot] != 0; slot = slot + 1 & slots.length - 1) {
      int ordinal = slots[slot] - 1;
      if (all.node(ordinal).equals(node)) {
        return all.key(ordinal);
      }
    }
    return null;
  }

  /// Adds an entry for a node that nobody has yet.
  void add(TraceEntry entry) {
    int ordinal = all.count;
    byte[][] chunks = all.chunks;
    if (ordinal % CHUNK_ENTRIES == 0) {
      chunks = Arrays.copyOf(chunks, chunks.length + 1);
      chunks[chunks.length - 1] = new byte[CHUNK_ENTRIES * ENTRY_BYTES];
    }
    byte[] chunk = chunks[chunks.length - 1];
    int at = ordinal % CHUNK_ENTRIES * ENTRY_BYTES;
    entry.node().write(chunk, at);
    entry.key().write(chunk, at + Hash.BYTES);
    all = new View(chunks, ordinal + 1);
    if (all.count * 3L > slots.length * 2L) {
      slots = new int[slots.length * 2];
      for (int each = 0; each < ordinal; each++) {
        occupy(each);
      }
    }
    occupy(ordinal);
  }

  void clear() {
    all = new View(new byte[0][], 0);
    slots = new int[SLOTS_MIN];
  }

  private void occupy(int ordinal) {
    int slot = slotOf(all.node(ordinal));
    while (slots[slot] != 0) {
      slot = slot + 1 & slots.length - 1;
    }
    slots[slot] = ordinal + 1;
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
