package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.node.BindAddress;
import io.kogluktualuk.fabric.node.NodePages;
import io.kogluktualuk.fabric.node.ServedNode;
import io.kogluktualuk.fabric.node.config.NodeConfig;
import io.kogluktualuk.fabric.node.config.SharedConfig;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node in this process, from its start to its orderly stop.
///
/// Start: log, pages (`/live` answers, `/ready` says 503), server, then ready. Stop: take nothing
/// new and finish what has begun, close the server, end the process with 0. It says `started`
/// when it answers and `ready` when it can work.
///
/// **Threading:** one thread to run; the process's shutdown has its own, and so has standard
/// input.
final class Serving {

  private static final Logger LOG = LoggerFactory.getLogger(Serving.class);
  private static final long LOOK_EVERY_MILLIS = 20;

  private final NodeConfig config;
  private final SharedConfig shared;
  private final Terminal terminal;
  private final boolean json;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile @Nullable ServedNode node;

  Serving(NodeConfig config, Terminal terminal, boolean json) {
    this.config = config;
    this.shared = config.shared();
    this.terminal = terminal;
    this.json = json;
  }

  /// Returns when the node has stopped.
  void run(boolean untilInputEnds) throws InterruptedException {
    Logs.ofNode(shared.log(), shared.name());
    OrderlyLogs.keepToTheEnd();
    VerbsChoice.install(shared.verbs());
    BindAddress.parse(shared.bind());
    try (NodePages pages = pages()) {
      ServedNode opened = ServedNode.open(config);
      node = opened;
      Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "kog-stop"));
      if (untilInputEnds) {
        Thread.ofPlatform().daemon().name("kog-input").start(this::awaitInputEnd);
      }
      say("started", opened, pages);
      if (awaitReady(opened)) {
        say("ready", opened, pages);
        stopped.await();
      }
    }
  }

  private @Nullable NodePages pages() {
    SharedConfig.MetricsConfig metrics = shared.metrics();
    return metrics == null
        ? null
        : NodePages.open(
            new InetSocketAddress(metrics.bind(), metrics.port()),
            () -> {
              ServedNode running = node;
              return running == null ? List.of() : List.of(running);
            });
  }

  /// @return false when it was stopped before
  private boolean awaitReady(ServedNode opened) throws InterruptedException {
    boolean isReported = false;
    long looks = 0;
    while (!opened.health().hasStarted()) {
      if (stopped.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        return false;
      }
      if (!isReported && ++looks * LOOK_EVERY_MILLIS > 2000) {
        isReported = true;
        LOG.info("{} is not ready yet: {}", shared.name(), opened.health().missing());
      }
    }
    return true;
  }

  private void say(String event, ServedNode opened, @Nullable NodePages pages) {
    String address = opened.address().getHostString() + ":" + opened.address().getPort();
    String url = pages == null ? null : pages.url();
    LOG.info("{} {} at {}: {}", opened.role(), opened.name(), address, event);
    terminal.line(
        json
            ? new Json()
                .with("event", event)
                .with("role", opened.role())
                .with("name", opened.name())
                .with("address", address)
                .with("pages", url)
                .with("pid", ProcessHandle.current().pid())
                .toLine()
            : "%-8s %-12s %-22s %s%s"
                .formatted(
                    opened.role(),
                    opened.name(),
                    address,
                    event,
                    url == null ? "" : "; metrics and health at " + url));
    terminal.flush();
  }

  private void awaitInputEnd() {
    try {
      while (terminal.in().read() >= 0) {
        // what is said is of no interest
      }
    } catch (IOException e) {
      LOG.warn("standard input ends with {}", e.toString());
    }
    System.exit(ExitCode.OK.code());
  }

  /// The process ends, by signal, end of input or exit: the virtual machine would make the signal
  /// its status, so the status is set here.
  private void stop() {
    ServedNode running = node;
    int status = ExitCode.OK.code();
    if (running != null) {
      LOG.info("{} stops", running.name());
      try (running) {
        running.prepareToStop(Deadline.after(shared.stopWithin()));
      } catch (RuntimeException e) {
        LOG.error("{} did not stop in order", running.name(), e);
        FailureReport.of(e).print(terminal, json);
        status = ExitCode.INTERNAL.code();
      }
      LOG.info("{} has stopped", running.name());
    }
    stopped.countDown();
    Runtime.getRuntime().halt(status);
  }
}
