package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One entry on its way to a leader, or one question: how often it was tried and what may have
/// come of it.
///
/// An entry is sent again under its call id, which the replicas remember, so it is appended once
/// however many leaders it meets. They forget after a while, and a replica that got a snapshot
/// never knew; so an entry that may be in somebody's log is not sent again after [#REPEAT_MAX],
/// and whoever must be sure repeats with a request id that the state machine itself remembers.
///
/// **Threading:** one thread.
final class Proposal {

  /// The replicas remember for longer; see [RatisProperties].
  static final Duration REPEAT_MAX = Duration.ofSeconds(10);

  /// The call id of what changes nothing.
  static final long QUESTION = 0;

  /// Doubled each time.
  private static final long PAUSE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(50);

  private final String log;
  private final long callId;
  private final long started = System.nanoTime();
  private boolean isOpen;
  private long pauseNanos = PAUSE_NANOS_MIN;
  private @Nullable Throwable problem;

  Proposal(String log, long callId) {
    this.log = log;
    this.callId = callId;
  }

  long callId() {
    return callId;
  }

  void onAgain(Answer.Again again) {
    problem = again.cause();
    isOpen |= again.mayBeAppended();
  }

  /// What to say when an answer was still awaited at the deadline.
  DeadlineExceeded late() {
    isOpen = true;
    return new DeadlineExceeded(message());
  }

  /// Ends the attempts when there is no time for another.
  void checkTime(Deadline deadline) {
    if (deadline.hasPassed()) {
      throw new DeadlineExceeded(message());
    }
    if (isOpen && callId != QUESTION && System.nanoTime() - started > REPEAT_MAX.toNanos()) {
      throw new Unavailable(message(), problem);
    }
  }

  void pause(Deadline deadline) {
    LockSupport.parkNanos(Math.min(pauseNanos, Math.max(0, deadline.remainingNanos())));
    pauseNanos = Math.min(PAUSE_NANOS_MAX, pauseNanos * 2);
  }

  private String message() {
    String state;
    if (callId == QUESTION) {
      state = " found no leader to ask in time";
    } else if (isOpen) {
      state = " did not answer in time; the outcome is open";
    } else {
      state = " had no leader in time; the entry was not proposed";
    }
    return log + state + (problem == null ? "" : ": " + problem.getMessage());
  }
}
