package io.kogluktualuk.fabric.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Hold;
import io.kogluktualuk.fabric.client.PutOptions;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Puts with a hold that are interrupted, or whose time is over, at any moment: in the end
/// nothing is charged for them, although the session goes on and its lease lives.
@Timeout(240)
final class BrokenOffPutTest {

  private static final int PUTS = 60;
  private static final int KEPT = 1000;

  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  private static boolean put(Fabric fabric, Hold hold, byte[] bytes) {
    try {
      fabric.put(bytes, PutOptions.passing().heldBy(hold));
      return false;
    } catch (FabricException e) {
      return true;
    }
  }

  private boolean interrupted(Fabric fabric, Hold hold, byte[] bytes) throws InterruptedException {
    boolean[] isBrokenOff = {false};
    Thread putter = Thread.ofVirtual().start(() -> isBrokenOff[0] = put(fabric, hold, bytes));
    LockSupport.parkNanos(random.nextLong(20_000_000));
    putter.interrupt();
    putter.join();
    return isBrokenOff[0];
  }

  private boolean timedOut(Fabric fabric, Hold hold, byte[] bytes) {
    return put(fabric.within(Duration.ofNanos(random.nextLong(1, 20_000_000))), hold, bytes);
  }

  @Test
  void whatIsBrokenOffIsNotPaidFor(@TempDir Path folder) throws InterruptedException {
    ClusterSettings settings =
        ClusterSettings.of(folder).withMemory(2, ByteCount.mebibytes(256)).withCompute(1, 1);
    try (EmbeddedCluster cluster = EmbeddedCluster.open(settings);
        Fabric fabric = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT);
        Hold kept = fabric.hold()) {
      fabric.put(Mutations.randomBytes(KEPT, random), PutOptions.passing().heldBy(kept));
      int brokenOff = 0;
      try (Hold hold = fabric.hold()) {
        for (int i = 0; i < PUTS; i++) {
          byte[] bytes = Mutations.randomBytes(random.nextInt(6 << 20), random);
          boolean isBrokenOff =
              i % 2 == 0 ? interrupted(fabric, hold, bytes) : timedOut(fabric, hold, bytes);
          brokenOff += isBrokenOff ? 1 : 0;
        }
      }
      assertTrue(brokenOff > 0, "some were broken off");
      long untilNanos = System.nanoTime() + Duration.ofSeconds(90).toNanos();
      while (charged(fabric) > KEPT + 4096 && System.nanoTime() - untilNanos < 0) {
        LockSupport.parkNanos(100_000_000);
      }
      assertTrue(charged(fabric) <= KEPT + 4096, charged(fabric) + " bytes are charged");
    }
  }

  private static long charged(Fabric fabric) {
    return Operator.of(fabric).credits().stream().mapToLong(use -> use.chargedBytes()).sum();
  }
}
