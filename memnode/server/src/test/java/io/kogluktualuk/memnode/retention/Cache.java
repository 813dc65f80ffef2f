package io.kogluktualuk.memnode.retention;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGeneratorFactory;

/// A cache of so many bytes under one policy, as a trace sees it.
abstract class Cache {

  final Trace trace;
  final long capacity;
  long used;

  Cache(Trace trace, long capacity) {
    this.trace = trace;
    this.capacity = capacity;
  }

  /// @return whether the blob was there; it is afterwards
  abstract boolean want(int key);

  /// The oldest use leaves.
  static final class Lru extends Cache {
    private final Map<Integer, Boolean> blobs = new LinkedHashMap<>(16, 0.75f, true);

    Lru(Trace trace, long capacity) {
      super(trace, capacity);
    }

    @Override
    boolean want(int key) {
      if (blobs.put(key, true) != null) {
        return true;
      }
      used += trace.bytes()[key];
      while (used > capacity) {
        int eldest = blobs.keySet().iterator().next();
        blobs.remove(eldest);
        used -= trace.bytes()[eldest];
      }
      return false;
    }
  }

  /// S3-FIFO as published: small queue of a tenth of the bytes, two bits of frequency, a ghost
  /// queue as long as the main one.
  static final class S3Fifo extends Cache {
    private final ArrayDeque<Integer> small = new ArrayDeque<>();
    private final ArrayDeque<Integer> main = new ArrayDeque<>();
    private final Set<Integer> ghosts = new LinkedHashSet<>();
    private final byte[] uses;
    private final boolean[] isHere;
    private long smallBytes;

    S3Fifo(Trace trace, long capacity) {
      super(trace, capacity);
      this.uses = new byte[trace.bytes().length];
      this.isHere = new boolean[trace.bytes().length];
    }

    @Override
    boolean want(int key) {
      if (isHere[key]) {
        uses[key] = (byte) Math.min(3, uses[key] + 1);
        return true;
      }
      long bytes = trace.bytes()[key];
      while (used + bytes > capacity && (!small.isEmpty() || !main.isEmpty())) {
        if (smallBytes * 10 > capacity || main.isEmpty()) {
          evictSmall();
        } else {
          evictMain();
        }
      }
      isHere[key] = true;
      used += bytes;
      uses[key] = 0;
      if (ghosts.remove(key)) {
        main.add(key);
      } else {
        small.add(key);
        smallBytes += bytes;
      }
      return false;
    }

    private void evictSmall() {
      while (!small.isEmpty()) {
        int key = small.remove();
        smallBytes -= trace.bytes()[key];
        if (uses[key] > 0) {
          uses[key] = 0;
          main.add(key);
        } else {
          leave(key);
          ghosts.add(key);
          if (ghosts.size() > Math.max(16, main.size())) {
            ghosts.remove(ghosts.iterator().next());
          }
          return;
        }
      }
    }

    private void evictMain() {
      while (true) {
        int key = main.remove();
        if (uses[key] > 0) {
          uses[key]--;
          main.add(key);
        } else {
          leave(key);
          return;
        }
      }
    }

    private void leave(int key) {
      isHere[key] = false;
      used -= trace.bytes()[key];
    }
  }

  /// Ours. Ordinals are keys here, except that a real store gives them again.
  static final class Ours extends Cache implements Candidates {
    private final RetentionPolicy policy;
    private final byte[] uses;
    private final boolean[] isHere;

    Ours(Trace trace, long capacity, Arena arena) {
      super(trace, capacity);
      int blobs = trace.bytes().length;
      this.uses = new byte[blobs];
      this.isHere = new boolean[blobs];
      this.policy =
          new RetentionPolicy(
              arena.allocate(RetentionPolicy.bytesFor(blobs), 8),
              blobs,
              this,
              RandomGeneratorFactory.of("L64X128MixRandom").create(1));
    }

    @Override
    boolean want(int key) {
      if (isHere[key]) {
        policy.touched(key);
        return true;
      }
      used += bytes(key);
      while (used > capacity) {
        int victim = policy.victim();
        if (victim == RetentionPolicy.NONE) {
          break;
        }
        policy.remove(victim);
        isHere[victim] = false;
        used -= bytes(victim);
      }
      isHere[key] = true;
      uses[key] = 0;
      policy.add(key);
      return false;
    }

    @Override
    public long bytes(int blob) {
      return trace.bytes()[blob];
    }

    @Override
    public long costMicros(int blob) {
      return trace.costMicros()[blob];
    }

    @Override
    public int uses(int blob) {
      return uses[blob];
    }

    @Override
    public void setUses(int blob, int count) {
      uses[blob] = (byte) count;
    }

    @Override
    public int fingerprint(int blob) {
      return (blob + 1) * 0x2545_F491;
    }
  }
}
