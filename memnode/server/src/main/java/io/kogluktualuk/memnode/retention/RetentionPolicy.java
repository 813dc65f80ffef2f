package io.kogluktualuk.memnode.retention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;

/// Chooses which of the blobs that may go is missed least.
///
/// What a blob is worth is what it would cost to compute it again, times how often that is
/// expected, for each byte that it takes. The first is told at its put; the second is guessed
/// from the past.
///
/// **Admission** is that of S3-FIFO [1]: most blobs of a pipeline are read once or never. A
/// newcomer goes to a *small* queue of 2 tenths of the bytes. Whoever was used there,
/// or was thrown away lately and came back (the *ghosts*), moves on to the main part; the others
/// leave at its end, so that one-hit wonders wash through the small queue and not through what is
/// worth keeping. Unlike S3-FIFO, which knows no costs, we also let pass who is expected to be
/// worth more for each byte, unused as it is, than what the main part has had to give up lately
/// (the *price*). How much use a newcomer may be expected to get is learnt: the share of the last
/// few hundred that got any.
///
/// **Eviction** from the main part is GreedyDual-Size-Frequency [2]: the *rank* of a blob is `clock
/// + uses * cost / bytes`, computed anew when it is used; the one with the least goes, and the
/// clock moves up to what left. So what is not used is overtaken by what is, whatever it once
/// cost, and no counter has to age. Exact GDSF needs a heap, with O(log n) at each use; the least
/// of 64 drawn at random is within the worst few percent, which is what hyperbolic caching
/// [3] relies on, too. Its rank (uses over the time since insertion) was the other candidate: it
/// needs a clock for each blob, and lets go of what is costly as soon as of what is cheap when
/// both rest. `RetentionTraceTest` compares this policy with LRU and S3-FIFO, and says where it
/// does not win: LRU is better where nearly everything that is wanted again fits and what is old
/// is dead, as in incremental builds with much room.
///
/// A blob of no cost (transient: handed over, read once) has the rank of the clock: it goes before
/// all that cost anything.
///
/// ```
///   0         4         8         12
///   +---------+---------+---------+
///   | next    | before  | state   |   in the small queue; numbers are ordinals plus 1
///   | place   | rank    | state   |   in the main part; the rank is a float
///   +---------+---------+---------+
///     u32       u32       u32
/// ```
///
/// Behind these records lies the array of the main part, u32 each, and the ghosts: 24 bytes a blob.
///
/// **Threading:** one thread at a time: the store's lock. **Ownership:** the memory is lent.
/// **Invariant:** exactly the blobs that were added and not removed are in one of the two parts.
/// **Bound:** no heap per blob; each call O(1), a victim O(64) and amortised over those who
/// move on.
///
/// [1] J. Yang, Y. Zhang, Z. Qiu, Y. Yue, K. V. Rashmi: FIFO queues are all you need for cache
/// eviction. SOSP 2023. [2] L. Cherkasova: Improving WWW proxies performance with
/// Greedy-Dual-Size-Frequency caching policy. HP Labs HPL-98-69R1, 1998; after P. Cao, S. Irani:
/// Cost-aware WWW proxy caching algorithms. USITS 1997. [3] A. Blankstein, S. Sen, M. J. Freedman:
/// Hyperbolic caching: flexible caching for web applications. USENIX ATC 2017.
public final class RetentionPolicy {

  /// No blob.
  public static final int NONE = -1;

  /// Twice that of S3-FIFO: ours leave the small queue to be gone, theirs may return cheaply.
  private static final int SMALL_TENTHS = 2;

  /// Hyperbolic caching found no gain beyond 64.
  private static final int SAMPLES = 64;

  /// More uses than these say nothing more about the next.
  private static final int USES_MAX = 3;

  /// The last few hundred newcomers say how the next will fare.
  private static final double LEARNING = 1.0 / 256;

  private static final int RECORD_BYTES = 3 * Integer.BYTES;
  private static final int BEFORE = Integer.BYTES;
  private static final int STATE = 2 * Integer.BYTES;
  private static final int ABSENT = 0;
  private static final int SMALL = 1;
  private static final int MAIN = 2;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final MemorySegment memory;
  private final long mainAt;
  private final Candidates candidates;
  private final RandomGenerator random;
  private final Ghosts ghosts;
  private int smallFirst;
  private int smallLast;
  private int smallSize;
  private long smallBytes;
  private int mainSize;
  private long mainBytes;
  private float clock;
  private double newcomerUses = 0.5;
  private double price;

  /// @param memory all zeros, [#bytesFor] long
  /// @param capacity ordinals are below
  public RetentionPolicy(
      MemorySegment memory, int capacity, Candidates candidates, RandomGenerator random) {
    this.memory = memory;
    this.candidates = candidates;
    this.random = random;
    this.mainAt = (long) capacity * RECORD_BYTES;
    long ghostsAt = mainAt + (long) capacity * Integer.BYTES;
    this.ghosts = new Ghosts(memory.asSlice(ghostsAt, Ghosts.bytesFor(capacity)), capacity);
  }

  /// What so many blobs take.
  public static long bytesFor(int capacity) {
    return (long) capacity * (RECORD_BYTES + Integer.BYTES) + Ghosts.bytesFor(capacity);
  }

  /// A blob may be evicted from now on.
  public void add(int blob) {
    if (state(blob) != ABSENT) {
      return;
    }
    boolean isBack = ghosts.recall(candidates.fingerprint(blob), Math.max(16, size()));
    if (isBack) {
      learn(1);
    }
    if (isBack || candidates.uses(blob) > 0) {
      addMain(blob);
    } else {
      addSmall(blob);
    }
  }

  /// A blob may not be evicted any more, or is gone.
  public void remove(int blob) {
    if (state(blob) == SMALL) {
      removeSmall(blob);
    } else if (state(blob) == MAIN) {
      removeMain(blob);
    }
  }

  /// A blob was used.
  public void touched(int blob) {
    candidates.setUses(blob, Math.min(USES_MAX, candidates.uses(blob) + 1));
    if (state(blob) == MAIN) {
      setRank(blob, rank(blob));
    }
  }

  /// Which blob to evict. It stays known until it is removed.
  ///
  /// @return [#NONE] when there is none
  public int victim() {
    while (smallFirst != 0 && isSmallFull()) {
      int blob = smallFirst - 1;
      if (candidates.uses(blob) > 0) {
        learn(1);
        removeSmall(blob);
        addMain(blob);
      } else {
        learn(0);
        return leaves(blob);
      }
    }
    int least = sample();
    if (least == NONE) {
      return smallFirst == 0 ? NONE : smallFirst - 1;
    }
    return leavesMain(least);
  }

  private int leavesMain(int least) {
    clock = Math.max(clock, rankOf(least));
    price += (expected(least) - price) * LEARNING;
    return least;
  }

  /// The end of the small queue has not been used. It leaves, unless it promises more than what
  /// the main part gives up.
  private int leaves(int blob) {
    int least = sample();
    if (least != NONE && expected(blob) > price) {
      removeSmall(blob);
      addMain(blob);
      return leavesMain(least);
    }
    ghosts.add(candidates.fingerprint(blob));
    return blob;
  }

  private boolean isSmallFull() {
    return smallBytes * 10 > (smallBytes + mainBytes) * SMALL_TENTHS;
  }

  private int sample() {
    int least = NONE;
    float rank = Float.POSITIVE_INFINITY;
    for (int i = 0; i < Math.min(SAMPLES, mainSize); i++) {
      int at = mainSize <= SAMPLES ? i : random.nextInt(mainSize);
      int blob = memory.get(INT, mainAt + (long) at * Integer.BYTES);
      if (rankOf(blob) < rank) {
        rank = rankOf(blob);
        least = blob;
      }
    }
    return least;
  }

  private void learn(double wasUsed) {
    newcomerUses += (wasUsed - newcomerUses) * LEARNING;
  }

  private float rank(int blob) {
    return (float) (clock + expected(blob));
  }

  /// What it is worth to have each byte of a blob, in microseconds.
  private double expected(int blob) {
    double uses = Math.max(newcomerUses, candidates.uses(blob));
    return uses * candidates.costMicros(blob) / Math.max(1, candidates.bytes(blob));
  }

  /// By how much a blob is above the next to go, in millionths: more stays longer.
  public long worth(int blob) {
    float above = state(blob) == MAIN ? rankOf(blob) - clock : rank(blob) - clock;
    return Math.max(0, (long) (above * 1e6));
  }

  /// How many blobs may be evicted.
  public int size() {
    return mainSize + smallSize;
  }

  /// How many bytes may be evicted.
  public long bytes() {
    return smallBytes + mainBytes;
  }

  private void addSmall(int blob) {
    set(blob, 0, 0);
    set(blob, BEFORE, smallLast);
    set(blob, STATE, SMALL);
    if (smallLast == 0) {
      smallFirst = blob + 1;
    } else {
      set(smallLast - 1, 0, blob + 1);
    }
    smallLast = blob + 1;
    smallBytes += candidates.bytes(blob);
    smallSize++;
  }

  private void removeSmall(int blob) {
    int next = get(blob, 0);
    int before = get(blob, BEFORE);
    if (next == 0) {
      smallLast = before;
    } else {
      set(next - 1, BEFORE, before);
    }
    if (before == 0) {
      smallFirst = next;
    } else {
      set(before - 1, 0, next);
    }
    set(blob, STATE, ABSENT);
    smallBytes -= candidates.bytes(blob);
    smallSize--;
  }

  private void addMain(int blob) {
    set(blob, 0, mainSize);
    setRank(blob, rank(blob));
    set(blob, STATE, MAIN);
    memory.set(INT, mainAt + (long) mainSize * Integer.BYTES, blob);
    mainSize++;
    mainBytes += candidates.bytes(blob);
  }

  private void removeMain(int blob) {
    int at = get(blob, 0);
    mainSize--;
    int last = memory.get(INT, mainAt + (long) mainSize * Integer.BYTES);
    memory.set(INT, mainAt + (long) at * Integer.BYTES, last);
    set(last, 0, at);
    set(blob, STATE, ABSENT);
    mainBytes -= candidates.bytes(blob);
  }

  private float rankOf(int blob) {
    return Float.intBitsToFloat(get(blob, BEFORE));
  }

  private void setRank(int blob, float rank) {
    set(blob, BEFORE, Float.floatToRawIntBits(rank));
  }

  private int state(int blob) {
    return get(blob, STATE);
  }

  private int get(int blob, int offset) {
    return memory.get(INT, (long) blob * RECORD_BYTES + offset);
  }

  private void set(int blob, int offset, int value) {
    memory.set(INT, (long) blob * RECORD_BYTES + offset, value);
  }
}
