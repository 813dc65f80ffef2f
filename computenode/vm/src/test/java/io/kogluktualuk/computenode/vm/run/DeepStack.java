package io.kogluktualuk.computenode.vm.run;

import java.util.concurrent.atomic.AtomicReference;

/// A thread on which guests may call deep in every mode: the reference interprets, with large
/// frames, and calls across instances take more.
final class DeepStack {

  private static final long STACK_BYTES = 256L << 20;

  private DeepStack() {}

  /// Runs something there, to its end.
  ///
  /// @throws AssertionError when it fails, with its message
  static void run(Runnable work) throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                work.run();
              } catch (Throwable e) {
                failure.set(e);
              }
            },
            "guest",
            STACK_BYTES);
    thread.start();
    thread.join();
    if (failure.get() != null) {
      throw new AssertionError(String.valueOf(failure.get().getMessage()), failure.get());
    }
  }
}
