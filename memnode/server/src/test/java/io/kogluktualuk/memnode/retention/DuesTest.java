package io.kogluktualuk.memnode.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.memnode.credit.AccountNumbers;
import io.kogluktualuk.memnode.credit.SpaceDoor;
import io.kogluktualuk.memnode.credit.SpaceLedger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DuesTest {

  private static final int ACCOUNT = 0;
  private static final long ALLOTTED = 100;

  private final SpaceLedger ledger = new SpaceLedger(1, new long[] {1000}, 10);
  private final SpaceDoor door;
  private final Dues dues;

  DuesTest(@TempDir Path folder) {
    door = new SpaceDoor(AccountNumbers.open(folder), ledger, Duration.ofSeconds(1), 0, () -> {});
    dues = new Dues(door, 0, 1);
    ledger.allotted(ACCOUNT, ALLOTTED, ALLOTTED, ALLOTTED);
  }

  private void pay(long bytes) {
    door.charge(ACCOUNT, 0, bytes, Deadline.after(Duration.ZERO));
    dues.prepay(ACCOUNT, bytes);
  }

  private long charged() {
    return ledger.standing(ACCOUNT).charged();
  }

  @Test
  void whatOneCallHasPaidIsNotLentWhileABlobOfAnotherIsSealed() {
    pay(40);
    dues.take(ACCOUNT, 40); // reserved
    dues.end(ACCOUNT, 40);
    dues.settle();
    pay(60);
    AtomicBoolean isGranted = new AtomicBoolean();
    ledger.claim(ACCOUNT, 0, 40, () -> isGranted.set(true));

    dues.give(ACCOUNT, 40); // from reserved
    dues.take(ACCOUNT, 40); // to held
    dues.settle();
    assertFalse(isGranted.get(), "nothing is free");
    dues.take(ACCOUNT, 60);
    dues.end(ACCOUNT, 60);
    dues.settle();

    assertEquals(ALLOTTED, charged());
    dues.give(ACCOUNT, 40);
    dues.settle();
    assertTrue(isGranted.get());
  }

  @Test
  void noMoreThanTheAllotmentIsEverChargedWhateverCallsDoAtOnce() {
    Seeds.run(
        DuesTest.class,
        200,
        random -> {
          Calls calls = new Calls(random);
          for (int i = 0; i < 300; i++) {
            calls.step();
            assertTrue(charged() <= ALLOTTED, () -> charged() + " charged");
            assertTrue(charged() >= calls.bound, () -> calls.bound + " bound, " + charged());
          }
          calls.finish();
          assertEquals(0, charged());
        });
  }

  /// Calls that pay, use some of it and end, while blobs are sealed and let go.
  private final class Calls {
    private final RandomGenerator random;
    private final List<long[]> open = new ArrayList<>();
    private final List<Long> blobs = new ArrayList<>();
    private long bound;

    Calls(RandomGenerator random) {
      this.random = random;
    }

    void step() {
      switch (random.nextInt(4)) {
        case 0 -> {
          long bytes = random.nextLong(1, 40);
          if (charged() + bytes <= ALLOTTED) {
            pay(bytes);
            open.add(new long[] {bytes, bytes});
          }
        }
        case 1 -> {
          if (!open.isEmpty()) {
            use(open.get(random.nextInt(open.size())));
          }
        }
        case 2 -> {
          if (!open.isEmpty()) {
            dues.end(ACCOUNT, open.remove(random.nextInt(open.size()))[0]);
            dues.settle();
          }
        }
        default -> seal();
      }
    }

    private void use(long[] call) {
      long bytes = random.nextLong(0, call[1] + 1);
      call[1] -= bytes;
      if (bytes > 0) {
        dues.take(ACCOUNT, bytes);
        blobs.add(bytes);
        bound += bytes;
      }
    }

    private void seal() {
      if (blobs.isEmpty()) {
        return;
      }
      long bytes = blobs.remove(random.nextInt(blobs.size()));
      dues.give(ACCOUNT, bytes);
      if (random.nextBoolean()) {
        dues.take(ACCOUNT, bytes);
        blobs.add(bytes);
      } else {
        bound -= bytes;
      }
      dues.settle();
    }

    void finish() {
      open.forEach(call -> dues.end(ACCOUNT, call[0]));
      open.clear();
      dues.settle();
      assertEquals(bound, charged());
      dues.give(ACCOUNT, bound);
      dues.settle();
    }
  }
}
