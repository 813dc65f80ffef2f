package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.security.SecureRandom;

/// The keys of memory regions: a slot number and, in the low 8 bits, a count that changes with each
/// use of the slot, as adapters do it: a key that was withdrawn is not soon valid again. Unlike
/// theirs, slots and first counts are drawn at random: who knows some keys cannot tell the
/// next [1].
///
/// **Threading:** any thread. **Bound:** [#SLOTS_MAX]` - 1` keys at a time.
///
/// [1] B. Rothenberger, K. Taranov, A. Perrig, T. Hoefler: ReDMArk: Bypassing RDMA Security
/// Mechanisms. USENIX Security 2021.
final class RegionKeys {

  static final int SLOTS_MAX = 1 << 16;

  private final byte[] counts = new byte[SLOTS_MAX];
  private final SecureRandom random = new SecureRandom();

  /// Free slots, from [#used] on; what lies before is stale. Slot 0 is never used, so no key is 0.
  private final char[] order = new char[SLOTS_MAX];

  private int used = 1;

  RegionKeys() {
    random.nextBytes(counts);
    for (int slot = 0; slot < SLOTS_MAX; slot++) {
      order[slot] = (char) slot;
    }
  }

  static int slot(int key) {
    return key >>> 8;
  }

  /// A key that nobody has.
  synchronized int draw() throws IOException {
    if (used == SLOTS_MAX) {
      throw new IOException("no memory region left: " + (SLOTS_MAX - 1) + " are registered");
    }
    int drawn = random.nextInt(used, SLOTS_MAX);
    char slot = order[drawn];
    order[drawn] = order[used];
    used++;
    return slot << 8 | counts[slot] & 0xFF;
  }

  /// Takes back what [#draw] gave.
  synchronized void giveBack(int key) {
    int slot = slot(key);
    counts[slot]++;
    used--;
    order[used] = (char) slot;
  }
}
