package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// How the latest envelopes have ended; the oldest is forgotten first.
///
/// Ids lie in a ring of plain numbers, in the order of their ends, and are found by an index with
/// open addressing (linear probing; Knuth, The Art of Computer Programming 3, 6.4, algorithms L
/// and R). Each envelope of a stage is looked up here, and thousands of small objects that live
/// as long as these would cost the collector and the caches more than the rest of an envelope's
/// way.
///
/// **Threading:** one thread at a time; its user's lock. **Bound:** so many ends; 52 bytes for
/// each, taken as they come.
final class Lately {

  private static final int WORDS = 4;
  private static final int SMALLEST = 1024;

  /// Places in the index for each end: three of four are empty, so a search is over soon.
  private static final int SPARSE = 4;

  private final int max;
  private int capacity;
  private long[] words = {};
  private @Nullable Verdict[] verdicts = {};

  /// One more than the place in the ring; 0 where there is none.
  private int[] index = {};

  private int next;

  /// @param max how many ends are remembered
  Lately(int max) {
    this.max = max;
  }

  /// Null when it is not known.
  @Nullable Verdict get(Hash id) {
    int at = find(id);
    return at < 0 ? null : verdicts[index[at] - 1];
  }

  void put(Hash id, Verdict verdict) {
    if (max == 0) {
      return;
    }
    remove(id);
    if (next == capacity) {
      growOrBeginAgain();
    }
    if (verdicts[next] != null) {
      clear(placeOf(next));
    }
    for (int i = 0; i < WORDS; i++) {
      words[next * WORDS + i] = id.word(i);
    }
    verdicts[next] = verdict;
    enter(next);
    next++;
  }

  void remove(Hash id) {
    int at = find(id);
    if (at >= 0) {
      verdicts[index[at] - 1] = null;
      clear(at);
    }
  }

  private void growOrBeginAgain() {
    if (capacity == max) {
      next = 0;
      return;
    }
    capacity = Math.min(max, Math.max(SMALLEST, 2 * capacity));
    words = Arrays.copyOf(words, capacity * WORDS);
    verdicts = Arrays.copyOf(verdicts, capacity);
    index = new int[Integer.highestOneBit(SPARSE * capacity - 1) * 2];
    for (int i = 0; i < next; i++) {
      if (verdicts[i] != null) {
        enter(i);
      }
    }
  }

  private int home(int place) {
    return (int) words[place * WORDS] & index.length - 1;
  }

  private void enter(int place) {
    int at = home(place);
    while (index[at] != 0) {
      at = at + 1 & index.length - 1;
    }
    index[at] = place + 1;
  }

  /// Where the index has an id; -1 where it has not.
  private int find(Hash id) {
    if (capacity == 0) {
      return -1;
    }
    int at = (int) id.word(0) & index.length - 1;
    while (index[at] != 0) {
      if (isAt(index[at] - 1, id)) {
        return at;
      }
      at = at + 1 & index.length - 1;
    }
    return -1;
  }

  private int placeOf(int place) {
    int at = home(place);
    while (index[at] != place + 1) {
      at = at + 1 & index.length - 1;
    }
    return at;
  }

  private boolean isAt(int place, Hash id) {
    for (int i = 0; i < WORDS; i++) {
      if (words[place * WORDS + i] != id.word(i)) {
        return false;
      }
    }
    return true;
  }

  /// Empties a place of the index; what lies behind and belongs there moves up.
  private void clear(int at) {
    int hole = at;
    int mask = index.length - 1;
    for (int i = hole + 1 & mask; index[i] != 0; i = i + 1 & mask) {
      int home = home(index[i] - 1);
      if ((i - home & mask) >= (i - hole & mask)) {
        index[hole] = index[i];
        hole = i;
      }
    }
    index[hole] = 0;
  }
}
