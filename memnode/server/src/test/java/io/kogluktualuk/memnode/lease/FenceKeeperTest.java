package io.kogluktualuk.memnode.lease;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.Fences;
import io.kogluktualuk.controlplane.api.TokenRange;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FenceKeeperTest {

  private final Path folder;

  FenceKeeperTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private FenceKeeper open() {
    return FenceKeeper.open(new FenceFile(folder));
  }

  private static LeaseProof proof(long token) {
    return new LeaseProof(new LeaseId(1, 2), token);
  }

  @Test
  void whatHasDiedStaysDeadAlsoAfterARestart() {
    FenceKeeper keeper = open();
    assertDoesNotThrow(() -> keeper.check(proof(1)));
    assertTrue(keeper.learn(new Fences(5, 20, List.of(new TokenRange(8, 9)))));
    // A deposed leader's.
    assertFalse(keeper.learn(new Fences(3, 7, List.of())));
    FenceKeeper again = open();
    for (FenceKeeper each : List.of(keeper, again)) {
      for (long token : new long[] {1, 4, 8, 9}) {
        StaleLease stale = assertThrows(StaleLease.class, () -> each.check(proof(token)));
        assertTrue(String.valueOf(stale.getMessage()).contains("token " + token), stale::toString);
      }
      for (long token : new long[] {5, 7, 10, 21}) {
        assertDoesNotThrow(() -> each.check(proof(token)));
      }
    }
  }

  @Test
  void aTokenBelowAFenceNeverSucceedsAgain() {
    Seeds.run(
        FenceKeeperTest.class,
        30,
        random -> {
          Path own = Files.createTempDirectory(folder, "run");
          FenceKeeper keeper = FenceKeeper.open(new FenceFile(own));
          long[] living = random.longs(30, 1, 60).distinct().sorted().toArray();
          boolean[] refused = new boolean[64];
          for (int step = 0; step < 20; step++) {
            // Any state of one log: the leases below a moving floor are dead.
            long floor = living[random.nextInt(living.length)];
            keeper.learn(new Fences(floor, 60, List.of()));
            if (random.nextInt(4) == 0) {
              keeper = FenceKeeper.open(new FenceFile(own));
            }
            for (int token = 1; token < refused.length; token++) {
              boolean isDead = keeper.fences().isDead(token);
              assertTrue(isDead || !refused[token], "token " + token);
              refused[token] = isDead;
            }
          }
        });
  }

  @Test
  void whatCannotBeWrittenDownIsNotRefused() throws Exception {
    FenceKeeper keeper = open();
    Path aside = folder.resolve("leases.new");
    Files.createDirectory(aside);
    assertThrows(Unavailable.class, () -> keeper.learn(new Fences(5, 20, List.of())));
    assertDoesNotThrow(() -> keeper.check(proof(2)));
    Files.delete(aside);
    assertTrue(keeper.learn(new Fences(5, 20, List.of())));
  }

  @Test
  void theLongestPromiseIsTheGraceOfTheNextStart() {
    FenceKeeper keeper = open();
    assertEquals(Duration.ZERO, keeper.grace());
    keeper.promise(Duration.ofSeconds(20));
    keeper.promise(Duration.ofSeconds(10));
    assertEquals(Duration.ofSeconds(20), open().grace());
  }

  @Test
  void aDamagedFileStopsTheStart() {
    Seeds.run(
        FenceKeeperTest.class,
        50,
        random -> {
          open().learn(new Fences(5, 20, List.of(new TokenRange(8, 9))));
          Path file = folder.resolve("leases");
          byte[] bytes = Files.readAllBytes(file);
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
          Files.write(file, bytes);
          assertThrows(Corruption.class, this::open);
          Files.delete(file);
        });
  }
}
