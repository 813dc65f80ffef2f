package io.kogluktualuk.memnode.retention;

import io.kogluktualuk.fabric.fault.Conflict;

/// The generations of pins, and what the collection that is under way, or was the last, takes.
///
/// A generation is *reached* when this node hears of it, *begun* when it is told so, *ended* when
/// everything that roots reach is stamped with it, and then *condemned* is what has no stamp.
///
/// **Threading:** the store's lock.
final class Marks {

  /// How long repair waits for a mark to be finished, before it looks after what is not stamped
  /// nevertheless: who marked may be no more.
  static final long MARK_SECONDS_MAX = 600;

  private long generation;
  private long begunSeconds;
  private long begun;
  private boolean hasUndecided;
  private long condemned;
  private long condemnedBefore;

  /// The present generation.
  long generation() {
    return generation;
  }

  /// When the present generation began, in seconds since the start; 0 when this process was not
  /// told.
  long begunSeconds() {
    return begunSeconds;
  }

  /// Pins are of this generation from now on, if it is newer. Until it is told to this process
  /// that it begins, everything here is younger.
  ///
  /// @throws Conflict when it is older
  void reach(long next) {
    if (next < generation) {
      throw new Conflict("pins of generation " + next + " came after " + generation + " had begun");
    }
    if (next > generation) {
      generation = next;
      begunSeconds = 0;
      hasUndecided = false;
    }
  }

  /// A mark begins. Told again, it has begun when it was told first.
  ///
  /// @throws Conflict when it is older
  void begin(long next, long nowSeconds) {
    reach(next);
    if (next > begun) {
      begun = next;
      begunSeconds = nowSeconds;
      hasUndecided = true;
    }
  }

  /// Everything that roots reach is stamped with the present generation.
  void end() {
    hasUndecided = false;
  }

  /// Whether a mark is under way whose end is still waited for.
  boolean isUndecided(long nowSeconds) {
    return hasUndecided && nowSeconds - begunSeconds < MARK_SECONDS_MAX;
  }

  /// Since when a source that may go has been left alone: since then, and since before the
  /// generation began.
  long quietBefore(long graceBefore) {
    return Math.clamp(graceBefore, 0, begunSeconds);
  }

  /// What has no stamp of this generation, or a later one, is going to be collected.
  ///
  /// @param before what was left alone since before then
  /// @return what the first such call of this generation has said
  long condemn(long marked, long before) {
    if (marked != condemned) {
      condemned = marked;
      condemnedBefore = before;
    }
    return condemnedBefore;
  }

  /// The generation whose mark was the last to be ended.
  long condemned() {
    return condemned;
  }

  /// See [#condemn].
  long condemnedBefore() {
    return condemnedBefore;
  }
}
