package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a handler on an envelope until it succeeds or has failed too often.
///
/// What it throws is a failed attempt. Faults of the fabric that may pass by themselves are
/// waited out for a while and are no failures. A value that nobody has is computed again, once,
/// when its envelope says how; one that cannot be, and that nobody upstream holds any more, is an
/// orphan and is dropped. What an envelope carries under a wrong hash is forged: it is set aside
/// at once.
///
/// **Threading:** any lane.
final class Attempts {

  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
  private static final Duration PAUSE_MIN = Duration.ofMillis(20);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(1);

  /// What came of it.
  sealed interface Result {

    /// Outputs to be sent.
    record Given(List<Outlets.Ready> outputs) implements Result {}

    /// It is to be set aside.
    record Failed(String reason) implements Result {}

    /// Its value has gone with its holder.
    record Orphaned(String reason) implements Result {}

    /// The stage is being closed: nobody is told anything.
    record Abandoned() implements Result {}
  }

  private final String stage;
  private final Handler handler;
  private final StageSettings settings;
  private final BlobPort blobs;
  private final Outlets outlets;
  private final Counts counts;
  private final LongSupplier nanoTime;
  private final CountDownLatch closed;

  Attempts(
      String stage,
      Handler handler,
      StageSettings settings,
      BlobPort blobs,
      Outlets outlets,
      Counts counts,
      LongSupplier nanoTime,
      CountDownLatch closed) {
    this.stage = stage;
    this.handler = handler;
    this.settings = settings;
    this.blobs = blobs;
    this.outlets = outlets;
    this.counts = counts;
    this.nanoTime = nanoTime;
    this.closed = closed;
  }

  /// @param ahead this one, and what is likely to come next
  /// @param isOrphan whether nobody upstream has it any more
  Result run(
      Lanes.Lane lane,
      Envelope envelope,
      Supplier<List<Envelope>> ahead,
      BooleanSupplier isOrphan) {
    int failures = 0;
    boolean isRecomputed = false;
    long faultNanos = 0;
    Duration pause = PAUSE_MIN;
    while (closed.getCount() > 0) {
      Throwable failure;
      try {
        List<Output> outputs = handle(lane, envelope, ahead);
        return closed.getCount() == 0
            ? new Result.Abandoned()
            : new Result.Given(outlets.prepare(envelope, 0, outputs));
      } catch (Corruption e) {
        counts.forged.increment();
        return new Result.Failed(failed(failures + 1, e));
      } catch (NotFound e) {
        failure = e;
        if (!isRecomputed && recompute(envelope)) {
          isRecomputed = true;
          continue;
        }
        if (isOrphan.getAsBoolean()) {
          return new Result.Orphaned("stage " + stage + ": its holder is gone: " + e.getMessage());
        }
      } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
        failure = e;
      }
      long nowNanos = nanoTime.getAsLong();
      faultNanos = faultNanos == 0 ? nowNanos : faultNanos;
      boolean mayPass =
          failure instanceof FabricException fault
              && fault.category() == FabricException.Category.RETRY
              && nowNanos - faultNanos < settings.faultPatience().toNanos();
      if (!mayPass) {
        counts.failures.increment();
        if (++failures >= settings.attemptsMax()) {
          return new Result.Failed(failed(failures, failure));
        }
      }
      LOG.debug("stage {}: attempt {} on {}", stage, failures, envelope, failure);
      pause = pause(pause);
    }
    return new Result.Abandoned();
  }

  private boolean recompute(Envelope envelope) {
    try {
      boolean isDone = blobs.recompute(envelope);
      if (isDone) {
        counts.recomputed.increment();
      }
      return isDone;
    } catch (FabricException e) {
      LOG.warn("{} cannot be computed again: {}", envelope, e.getMessage());
      return false;
    }
  }

  private List<Output> handle(Lanes.Lane lane, Envelope envelope, Supplier<List<Envelope>> ahead)
      throws Exception {
    boolean wasOverdue = false;
    List<Output> outputs;
    lane.begin(nanoTime.getAsLong());
    try {
      outputs = handler.handle(new Input(envelope, blobs, counts, ahead));
    } finally {
      wasOverdue = lane.end(nanoTime.getAsLong());
    }
    if (wasOverdue) {
      throw new InterruptedException("the handler took longer than " + settings.handlerPatience());
    }
    return outputs;
  }

  private String failed(int times, Throwable failure) {
    return "stage " + stage + " failed " + times + " times, last with " + failure;
  }

  private Duration pause(Duration pause) {
    try {
      closed.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : twice;
  }
}
