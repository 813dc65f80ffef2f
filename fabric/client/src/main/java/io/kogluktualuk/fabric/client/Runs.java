package io.kogluktualuk.fabric.client;

import io.kogluktualuk.computenode.api.ComputeMethods;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.api.RunRequest;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has transactions run on compute nodes: on the least loaded one, and on another when that one is
/// lost. A transaction gives the same outcome wherever and however often it runs, so asking again
/// is safe.
///
/// **Threading:** any thread. **Bound:** [#ATTEMPTS_MAX] nodes are tried, for [#NO_NODE_FOR].
final class Runs {

  static final int ATTEMPTS_MAX = 3;

  /// The node itself ends the run when its time is up; the client waits this much longer to hear.
  private static final Duration ANSWER_SLACK = Duration.ofSeconds(5);

  /// So long a fabric may be without a compute node that takes runs.
  private static final Duration NO_NODE_FOR = Duration.ofSeconds(10);

  private static final long LOOK_EVERY_NANOS = 200_000_000;

  private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

  private final Membership membership;
  private final ClientSettings settings;
  private final Map<RunId, Channel> active = new ConcurrentHashMap<>();

  Runs(Membership membership, ClientSettings settings) {
    this.membership = membership;
    this.settings = settings;
  }

  /// Has a stored transaction run. When no node takes it, they are asked again for a while: they
  /// may be restarting, one after the other.
  RunResult run(Hash key, Duration timeout, RunListener listener) {
    Deadline deadline = Deadline.after(timeout);
    Deadline patience = NO_NODE_FOR.compareTo(timeout) < 0 ? Deadline.after(NO_NODE_FOR) : deadline;
    while (true) {
      try {
        return runOnAny(key, deadline, listener);
      } catch (Unavailable e) {
        if (Thread.currentThread().isInterrupted() || patience.hasPassed()) {
          throw e;
        }
      } catch (DeadlineExceeded e) {
        throw tooLong(timeout, e);
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
  }

  private RunResult runOnAny(Hash key, Deadline deadline, RunListener listener) {
    long start = System.nanoTime();
    RunId id = RunId.random(RandomGenerator.of("SecureRandom"));
    @Nullable Unavailable lost = null;
    for (Member node : candidates()) {
      try {
        RunRequest request = RunRequest.of(key, id, deadline.remaining());
        RunReport report = runOn(node, request, listener);
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        return new RunResult(report, node.info().name(), elapsed);
      } catch (Unavailable e) {
        LOG.warn("compute node {} is lost: {}", node.info().name(), e.getMessage());
        if (lost != null) {
          e.addSuppressed(lost);
        }
        lost = e;
        if (Thread.currentThread().isInterrupted() || deadline.hasPassed()) {
          break;
        }
      }
    }
    throw lost != null ? lost : new Unavailable("no compute node is a member of the fabric");
  }

  /// Has a stored transaction run afresh on one node.
  RunResult runAfresh(Hash key, Member node, Duration timeout, RunListener listener) {
    long start = System.nanoTime();
    RunId id = RunId.random(RandomGenerator.of("SecureRandom"));
    try {
      RunReport report = runOn(node, new RunRequest(key, id, timeout, true), listener);
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      return new RunResult(report, node.info().name(), elapsed);
    } catch (DeadlineExceeded e) {
      throw tooLong(timeout, e);
    }
  }

  /// A node knows what it was given, which is less than the client asked for at first.
  private static DeadlineExceeded tooLong(Duration timeout, DeadlineExceeded e) {
    String allowed = String.format(Locale.ROOT, " (allowed: %.1f s)", timeout.toNanos() / 1e9);
    return new DeadlineExceeded(e.getMessage() + allowed, e);
  }

  /// Ends all runs that this client has asked for.
  void cancelAll() {
    active.forEach(this::cancel);
  }

  private List<Member> candidates() {
    return membership.computeNodes().stream().limit(ATTEMPTS_MAX).toList();
  }

  private RunReport runOn(Member node, RunRequest request, RunListener listener) {
    Channel channel = membership.channel(node);
    active.put(request.run(), channel);
    boolean isAnswered = false;
    try (RunWatch _ = RunWatch.start(channel, request, settings, listener)) {
      Deadline answer = Deadline.after(request.timeout().plus(ANSWER_SLACK));
      RunReport report = channel.call(ComputeMethods.RUN, request, answer);
      isAnswered = true;
      return report;
    } finally {
      active.remove(request.run());
      if (!isAnswered) {
        // By another thread: this one may have been interrupted, so that the run ends.
        Thread.ofVirtual().name("kog-cancel").start(() -> cancel(request.run(), channel));
      }
    }
  }

  private void cancel(RunId run, Channel channel) {
    try {
      channel.call(ComputeMethods.CANCEL, run, Deadline.after(settings.callTimeout()));
    } catch (FabricException e) {
      LOG.debug("run {} could not be cancelled", run, e); // its own timeout ends it
    }
  }
}
