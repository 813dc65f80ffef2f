package io.kogluktualuk.rdma.conformance;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Something that another thread does meanwhile, whose failure is the test's.
final class Other {

  /// What it does.
  interface Task {
    void run() throws Exception;
  }

  private final CompletableFuture<Void> done = new CompletableFuture<>();

  private Other() {}

  static Other thread(Task task) {
    Other other = new Other();
    Thread.ofPlatform()
        .daemon()
        .name("other")
        .start(
            () -> {
              try {
                task.run();
                other.done.complete(null);
              } catch (Throwable e) {
                other.done.completeExceptionally(e);
              }
            });
    return other;
  }

  boolean isDone() {
    return done.isDone();
  }

  /// Waits until it is done.
  void join() throws Exception {
    try {
      done.get(Suite.patientMillis(30_000), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("the other thread failed: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("the other thread does not end", e);
    }
  }
}
