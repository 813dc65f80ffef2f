package io.kogluktualuk.fabric.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The threads of a stage, with things that are quick and things that are not.
@Timeout(60)
final class LanesTest {

  private static final int SLOW = -1;

  private final ConcurrentLinkedQueue<Integer> done = new ConcurrentLinkedQueue<>();
  private final Semaphore through = new Semaphore(0);
  private final CountDownLatch slowMayEnd = new CountDownLatch(1);
  private final AtomicInteger unsaid = new AtomicInteger();

  private void work(Lanes.Lane lane, int what) {
    lane.begin(System.nanoTime());
    if (what == SLOW) {
      awaitEnd();
    } else {
      done.add(what);
    }
    unsaid.incrementAndGet();
    lane.end(System.nanoTime());
    through.release();
  }

  private void awaitEnd() {
    try {
      slowMayEnd.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Lanes<Integer> lanes(int count, boolean isKeyed) {
    Lanes<Integer> lanes = new Lanes<>("test", count, isKeyed, this::work, () -> unsaid.set(0));
    lanes.start();
    return lanes;
  }

  @Test
  void oneLaneWorksInOrderAndOthersHearOfAllOfIt() {
    try (Lanes<Integer> lanes = lanes(4, true)) {
      for (int i = 0; i < 3000; i++) {
        lanes.add(3, i);
        if (i % 7 == 0) {
          lanes.wake();
        }
      }
      lanes.wake();
      through.acquireUninterruptibly(3000);
      assertEquals(IntStream.range(0, 3000).boxed().toList(), List.copyOf(done));
      Await.until(() -> unsaid.get() == 0, "all is said");
    }
  }

  @Test
  void whatIsSuddenlySlowHoldsUpNothingElseForLong() {
    try (Lanes<Integer> lanes = lanes(2, false)) {
      for (int i = 0; i < 1000; i++) {
        lanes.add(0, i);
        lanes.wake();
        through.acquireUninterruptibly(); // so quick that one lane is enough
      }
      lanes.add(0, SLOW);
      IntStream.range(0, 100).forEach(i -> lanes.add(0, 1000 + i));
      lanes.wake();
      Await.until(
          () -> {
            lanes.hurry(); // as the clock of a pipeline does
            return done.size() == 1100;
          },
          "the others are done");
      slowMayEnd.countDown();
      through.acquireUninterruptibly(101);
    }
  }
}
