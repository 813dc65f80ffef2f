package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.ArrayList;
import java.util.List;

/// Which tokens of leases are dead, as far as the log had come when this was said.
///
/// Tokens are never used again, so what is dead stays dead: of two fences neither of which is
/// newer in everything, [#joinedWith] is right whichever came first. That is why a deposed leader
/// cannot turn a memory node's fences back.
///
/// ```
/// varint floor │ varint issued │ varint count │ count × (varint gap │ varint extra)
/// ```
///
/// A range begins `gap` after the end of the one before (the first: after the floor) and is
/// `1 + extra` long; ranges neither touch nor overlap.
///
/// **Bound:** [#REVOKED_MAX] ranges. There are never more of them than living leases, because a
/// living token parts any two.
///
/// @param floor tokens below it are dead; it is the least living one, or `issued + 1`
/// @param issued the greatest token given out; a greater one is newer than these fences
/// @param revoked dead tokens above the floor, ascending
public record Fences(long floor, long issued, List<TokenRange> revoked) {

  /// As many as there may be living leases.
  public static final int REVOKED_MAX = 3072;

  /// A thousand leases a second for 34 years; and all ranges fit into a message whatever they are.
  public static final long TOKEN_MAX = (1L << 40) - 1;

  /// Nothing is dead yet.
  public static final Fences NONE = new Fences(1, 0, List.of());

  /// Gaps and lengths together are below 2^40, so at most 4096 of them take 5 bytes, others 4.
  static final int ENCODED_BYTES_MAX = 6 + 6 + 2 + 2 * REVOKED_MAX * 4 + 4096;

  public static final Codec<Fences> CODEC =
      new Codec<>() {
        @Override
        public void write(Fences fences, CanonicalWriter writer) {
          writer.varint(fences.floor).varint(fences.issued).varint(fences.revoked.size());
          long end = fences.floor;
          for (TokenRange range : fences.revoked) {
            writer.varint(range.first() - end - 1).varint(range.last() - range.first());
            end = range.last() + 1;
          }
        }

        @Override
        public Fences read(CanonicalReader reader) {
          long floor = reader.varint(TOKEN_MAX + 1, "the least living token");
          long issued = reader.varint(TOKEN_MAX, "the greatest token");
          if (floor == 0 || floor > issued + 1) {
            throw reader.malformed("the floor is " + floor + " of " + issued + " tokens");
          }
          return new Fences(floor, issued, readRanges(floor, issued, reader));
        }
      };

  public Fences {
    revoked = List.copyOf(revoked);
    long end = floor;
    for (TokenRange range : revoked) {
      if (range.first() <= end) {
        throw new IllegalArgumentException(range + " follows a range up to " + end);
      }
      end = range.last() + 1;
    }
    if (floor < 1 || floor > issued + 1 || issued > TOKEN_MAX || end > issued + 1) {
      throw new IllegalArgumentException("fences from " + floor + " to " + issued + ", " + end);
    }
    if (revoked.size() > REVOKED_MAX) {
      throw new IllegalArgumentException(revoked.size() + " ranges of dead tokens");
    }
  }

  /// Whether a token is known to be dead.
  public boolean isDead(long token) {
    if (token < floor) {
      return true;
    }
    int low = 0;
    int high = revoked.size() - 1;
    while (low <= high) {
      int middle = low + high >>> 1;
      TokenRange range = revoked.get(middle);
      if (range.contains(token)) {
        return true;
      }
      if (token < range.first()) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return false;
  }

  /// Everything that either of two fences of one log knows to be dead.
  public Fences joinedWith(Fences other) {
    long most = Math.max(issued, other.issued);
    long least = Math.max(floor, other.floor);
    List<TokenRange> ranges = new ArrayList<>();
    int mine = 0;
    int theirs = 0;
    while (mine < revoked.size() || theirs < other.revoked.size()) {
      boolean isMine =
          theirs == other.revoked.size()
              || mine < revoked.size()
                  && revoked.get(mine).first() <= other.revoked.get(theirs).first();
      TokenRange next = isMine ? revoked.get(mine++) : other.revoked.get(theirs++);
      if (next.first() <= least) {
        least = Math.max(least, next.last() + 1);
      } else {
        add(next, ranges);
      }
    }
    return new Fences(least, most, ranges);
  }

  private static void add(TokenRange next, List<TokenRange> ranges) {
    if (!ranges.isEmpty() && next.first() <= ranges.getLast().last() + 1) {
      TokenRange before = ranges.removeLast();
      ranges.add(new TokenRange(before.first(), Math.max(before.last(), next.last())));
    } else {
      ranges.add(next);
    }
  }

  private static List<TokenRange> readRanges(long floor, long issued, CanonicalReader reader) {
    int count = reader.count(REVOKED_MAX, 2, "the ranges of dead tokens");
    List<TokenRange> ranges = new ArrayList<>(count);
    long end = floor;
    for (int i = 0; i < count; i++) {
      long first = end + 1 + reader.varint(TOKEN_MAX, "a gap between dead tokens");
      long last = first + reader.varint(TOKEN_MAX, "a range of dead tokens");
      if (last > issued) {
        throw reader.malformed("token " + last + " is dead, but only " + issued + " were given");
      }
      ranges.add(new TokenRange(first, last));
      end = last + 1;
    }
    return ranges;
  }
}
