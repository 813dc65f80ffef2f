package io.kogluktualuk.memnode.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongFunction;

/// Which units of one region are lent, and where the first run of so many free ones is.
///
/// A bit for each unit, and above the words of bits a binary tree: each node knows, of the units
/// below it, how many at its start and at its end are free, and its longest free run. So the
/// first run that is long enough is found by one descent, and a change is carried up one path for
/// each word that it touches. The tree has 12 bytes for each 64 units, the map one bit for each:
/// with units of 64 bytes half a percent of the region.
///
/// **Threading:** one thread at a time. **Ownership:** the memory is lent.
final class FreeMap {

  private static final int PREFIX = 0;
  private static final int SUFFIX = 4;
  private static final int LONGEST = 8;
  private static final int NODE_BYTES = 12;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final int units;

  /// How many words of bits, a power of two; the number of the first leaf as well.
  private final int words;

  private final MemorySegment bits;
  private final MemorySegment nodes;

  /// @param units at most 2^24
  /// @param memory gives zeroed memory of so many bytes
  FreeMap(int units, LongFunction<MemorySegment> memory) {
    this.units = units;
    int needed = Math.max(2, Math.ceilDiv(units, Long.SIZE));
    this.words = Integer.highestOneBit(needed - 1) << 1;
    this.bits = memory.apply((long) words * Long.BYTES);
    this.nodes = memory.apply((long) words * NODE_BYTES);
    setBits(units, words * Long.SIZE, true);
    update(0, words - 1);
  }

  int units() {
    return units;
  }

  /// The longest free run.
  int longest() {
    return part(1, LONGEST);
  }

  /// Where the first run of at least so many free units begins; negative when there is none.
  int find(int count) {
    if (longest() < count) {
      return -1;
    }
    int node = 1;
    int from = 0;
    int span = words * Long.SIZE;
    while (node < words) {
      span /= 2;
      int left = 2 * node;
      if (part(left, LONGEST) >= count) {
        node = left;
      } else if (part(left, SUFFIX) + part(left + 1, PREFIX) >= count) {
        return from + span - part(left, SUFFIX);
      } else {
        node = left + 1;
        from += span;
      }
    }
    return from + runInWord(word(node - words), count);
  }

  private static int runInWord(long lent, int count) {
    long starts = ~lent;
    for (int i = 1; i < count; i++) {
      starts &= ~lent >>> i;
    }
    return Long.numberOfTrailingZeros(starts);
  }

  /// Whether all units of a part are free, or all are lent.
  boolean isAll(int from, int to, boolean lent) {
    for (int word = from / Long.SIZE; word <= (to - 1) / Long.SIZE; word++) {
      long mask = mask(word, from, to);
      if ((word(word) & mask) != (lent ? mask : 0)) {
        return false;
      }
    }
    return true;
  }

  void set(int from, int to, boolean lent) {
    setBits(from, to, lent);
    update(from / Long.SIZE, (to - 1) / Long.SIZE);
  }

  /// The first free unit from here on; [#units] when there is none.
  int nextFree(int from) {
    return next(from, false);
  }

  /// The first lent unit from here on; [#units] when there is none.
  int nextLent(int from) {
    return next(from, true);
  }

  private int next(int from, boolean lent) {
    if (from >= units) {
      return units;
    }
    int word = from / Long.SIZE;
    long found = (lent ? word(word) : ~word(word)) & -1L << from;
    while (found == 0 && ++word < words) {
      found = lent ? word(word) : ~word(word);
    }
    return found == 0
        ? units
        : Math.min(units, word * Long.SIZE + Long.numberOfTrailingZeros(found));
  }

  private void setBits(int from, int to, boolean lent) {
    for (int word = from / Long.SIZE; from < to && word <= (to - 1) / Long.SIZE; word++) {
      long mask = mask(word, from, to);
      long now = word(word);
      bits.set(LONG, (long) word * Long.BYTES, lent ? now | mask : now & ~mask);
    }
  }

  private static long mask(int word, int from, int to) {
    int first = Math.max(0, from - word * Long.SIZE);
    int last = Math.min(Long.SIZE, to - word * Long.SIZE);
    return -1L << first & -1L >>> Long.SIZE - last;
  }

  private void update(int firstWord, int lastWord) {
    int first = (words + firstWord) / 2;
    int last = (words + lastWord) / 2;
    for (int half = Long.SIZE; first > 0; half *= 2) {
      for (int node = first; node <= last; node++) {
        combine(node, half);
      }
      first /= 2;
      last /= 2;
    }
  }

  /// @param half how many units are below each of the node's children
  private void combine(int node, int half) {
    int left = 2 * node;
    int right = left + 1;
    int leftPrefix = part(left, PREFIX);
    int leftSuffix = part(left, SUFFIX);
    int rightPrefix = part(right, PREFIX);
    int rightSuffix = part(right, SUFFIX);
    int longest = Math.max(part(left, LONGEST), part(right, LONGEST));
    set(node, PREFIX, leftPrefix == half ? half + rightPrefix : leftPrefix);
    set(node, SUFFIX, rightSuffix == half ? half + leftSuffix : rightSuffix);
    set(node, LONGEST, Math.max(longest, leftSuffix + rightPrefix));
  }

  private void set(int node, int part, int value) {
    nodes.set(INT, (long) node * NODE_BYTES + part, value);
  }

  private int part(int node, int part) {
    if (node < words) {
      return nodes.get(INT, (long) node * NODE_BYTES + part);
    }
    long lent = word(node - words);
    return switch (part) {
      case PREFIX -> Long.numberOfTrailingZeros(lent);
      case SUFFIX -> Long.numberOfLeadingZeros(lent);
      default -> longestRun(~lent);
    };
  }

  private static int longestRun(long free) {
    int longest = 0;
    for (long rest = free; rest != 0; rest &= rest << 1) {
      longest++;
    }
    return longest;
  }

  private long word(int word) {
    return bits.get(LONG, (long) word * Long.BYTES);
  }
}
