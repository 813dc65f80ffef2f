package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs one task per node at the same time, and waits for all of them.
final class Parallel {

  private Parallel() {}

  static void run(List<Runnable> tasks) {
    if (tasks.size() == 1) {
      tasks.getFirst().run();
      return;
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>(tasks.size());
      tasks.forEach(task -> running.add(threads.submit(task)));
      running.forEach(Parallel::await);
    }
  }

  private static void await(Future<?> task) {
    try {
      task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for memory nodes", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FabricException failure) {
        throw failure;
      }
      throw new IllegalStateException("a transfer failed unexpectedly", e.getCause());
    }
  }
}
