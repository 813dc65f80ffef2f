package io.kogluktualuk.fabric.client;

import io.kogluktualuk.computenode.api.ComputeMethods;
import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.ProgressRequest;
import io.kogluktualuk.computenode.api.RunRequest;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a compute node now and then how far a run has come, and tells the listener.
///
/// **Threading:** one virtual thread of its own; [#close] waits for it, so the listener hears
/// nothing afterwards.
final class RunWatch implements AutoCloseable {

  /// The run's answer waits for a question on its way, so it may not wait long.
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(RunWatch.class);

  private final Channel channel;
  private final RunRequest request;
  private final ClientSettings settings;
  private final RunListener listener;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);

  private RunWatch(
      Channel channel, RunRequest request, ClientSettings settings, RunListener listener) {
    this.channel = channel;
    this.request = request;
    this.settings = settings;
    this.listener = listener;
  }

  static RunWatch start(
      Channel channel, RunRequest request, ClientSettings settings, RunListener listener) {
    RunWatch watch = new RunWatch(channel, request, settings, listener);
    if (listener == RunListener.SILENT) {
      watch.stopped.countDown();
    } else {
      Thread.ofVirtual().name("kog-run-watch").start(watch::watch);
    }
    return watch;
  }

  private void watch() {
    try {
      long interval = settings.progressInterval().toNanos();
      while (!ended.await(interval, TimeUnit.NANOSECONDS)) {
        tell();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stopped.countDown();
    }
  }

  private void tell() {
    try {
      ProgressRequest question = new ProgressRequest(request.run(), false);
      Progress progress = channel.call(ComputeMethods.PROGRESS, question, Deadline.after(PATIENCE));
      if (progress.known() && ended.getCount() > 0) {
        listener.onProgress(request.transaction(), progress);
      }
    } catch (FabricException e) {
      LOG.debug("no progress of run {}", request.run(), e); // the run itself tells if it is lost
    }
  }

  @Override
  public void close() {
    ended.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while run " + request.run() + " ended", e);
    }
  }
}
