package io.kogluktualuk.fabric.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineBenchTest {

  private static final int MESSAGES = 20;

  @TempDir private Path folder = Path.of("set by JUnit");

  @Test
  void messagesGoByHashCarriedAndStored() throws Exception {
    try (StageChain chain = StageChain.hash(folder, folder.resolve("memory"), 3)) {
      PipelinePoint point = PipelinePoint.of(4096, 3, 2);
      passes(chain, point, 1);
      // To registered memory, to the memory node, and by two reads.
      passes(chain, point.stored(), 4);
    }
  }

  @Test
  void messagesGoByTcpThroughProcessesThatAreFreshForEachSize() throws Exception {
    try (StageChain chain = StageChain.netty(folder, 3)) {
      PipelinePoint point = PipelinePoint.of(100_000, 3, 1);
      assertTrue(chain.beginAnew(point));
      passes(chain, point, 4);
      assertFalse(chain.beginAnew(PipelinePoint.of(100_000, 3, 2)));
      assertTrue(chain.beginAnew(PipelinePoint.of(1_000, 3, 1)));
      passes(chain, PipelinePoint.of(1_000, 3, 1), 4);
    }
  }

  @Test
  void messagesGoThroughRedis() throws Exception {
    StageChain started = StageChain.redis(folder, 3);
    assumeTrue(started != null, "redis-server is not installed");
    try (StageChain chain = Objects.requireNonNull(started)) {
      passes(chain, PipelinePoint.of(100_000, 3, 1), 8);
    }
  }

  /// @param copies of each byte at least
  private static void passes(StageChain chain, PipelinePoint point, int copies) throws Exception {
    long before = chain.copied();
    chain.forget();
    assertTrue(chain.run(point, MESSAGES) > 0);
    assertTrue(chain.latency("p50") > 0);
    assertTrue(chain.latency("p99") >= chain.latency("p50"));
    long copied = chain.copied() - before;
    long expected = (long) copies * MESSAGES * point.bytes();
    assertTrue(copied >= expected, () -> copied + " bytes copied, at least " + expected);
    try (PeakMemory memory = chain.watchMemory()) {
      chain.run(point.slow(1_000_000), MESSAGES);
      assertTrue(memory.stages() > 1 << 20, () -> memory.stages() + " bytes");
      assertTrue(memory.all() >= memory.stages());
    }
  }

  @Test
  void thePointsWithTargetsComeFirst() {
    List<PipelinePoint> points = PipelineScope.SHORT.points(5);
    assertEquals(PipelinePoint.of(8 << 20, 5, 2), points.get(0));
    assertEquals(PipelinePoint.of(4 << 10, 5, 2), points.get(1));
    for (PipelineScope scope : List.of(PipelineScope.SHORT, new PipelineScope(false, 9, 3, 1))) {
      int stages = scope.stageCounts().getFirst();
      List<PipelinePoint> warmUps = scope.warmUps(stages);
      assertTrue(warmUps.getFirst().times() > 1000, "what is put and read is compiled soon");
      assertTrue(warmUps.containsAll(scope.points(stages).subList(0, warmUps.size() - 1)));
    }
    PipelineScope full = new PipelineScope(true, null, null, null);
    for (int stages : full.stageCounts()) {
      List<PipelinePoint> all = full.points(stages);
      assertEquals(Set.copyOf(all).size(), all.size(), "a point is measured once");
      assertEquals(
          Set.of(4 << 10, 256 << 10, 8 << 20),
          all.stream().map(PipelinePoint::bytes).collect(Collectors.toSet()));
    }
  }

  @Test
  void asManyStagesTouchAsWereAsked() {
    for (int stages = 2; stages <= PipelinePoint.STAGES_MAX; stages++) {
      for (int touching = 0; touching < stages; touching++) {
        PipelinePoint point = PipelinePoint.of(4096, stages, touching);
        int mask = StageOrder.parse(point.operation()).mask();
        assertEquals(touching, Integer.bitCount(mask), point.label());
        assertEquals(0, mask & 1, "the source makes the data");
        assertTrue(mask < 1 << stages);
      }
    }
  }

  @Test
  void whatCannotBeMeasuredIsRefused() {
    assertThrows(InvalidArgument.class, () -> new PipelineScope(false, 7, null, null));
    assertThrows(InvalidArgument.class, () -> new PipelineScope(false, null, 1, null));
    assertThrows(InvalidArgument.class, () -> new PipelineScope(false, null, 5, 5));
    assertThrows(InvalidArgument.class, () -> new PipelineScope(true, null, null, 2));
    PipelineScope one = new PipelineScope(false, 4096, null, 4);
    assertEquals(List.of(PipelinePoint.of(4096, 5, 4)), one.points(5));
  }
}
