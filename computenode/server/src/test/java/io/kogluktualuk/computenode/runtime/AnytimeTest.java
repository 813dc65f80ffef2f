package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.vm.run.Engine;
import io.kogluktualuk.computenode.vm.run.VmSettings;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.transaction.Trap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A program that stops when its fuel is nearly used up: `tour.c`.
@Timeout(120)
class AnytimeTest {

  private static final int POINTS = 150;

  private final double[] xs = new double[POINTS];
  private final double[] ys = new double[POINTS];

  private Bench bench(VmSettings settings) throws IOException {
    RandomGenerator random = new SplittableRandom(7);
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < POINTS; i++) {
      xs[i] = random.nextInt(10_000);
      ys[i] = random.nextInt(10_000);
      points.append((int) xs[i]).append(' ').append((int) ys[i]).append('\n');
    }
    return new Bench(settings)
        .bind("/bin/tour", Files.readAllBytes(Path.of("../programs/tour.wasm")))
        .bind("/data/points", points.toString());
  }

  private static RunReport run(Bench bench, long fuel) {
    Limits limits = new Limits(fuel, 64L << 20, 1L << 20);
    return bench.run(Transaction.of(bench.root(), List.of("/bin/tour"), limits));
  }

  /// The length of a way that goes through all points.
  private double length(Bench bench, RunReport report) {
    assertEquals(new Ending.Exited(0), report.outcome().ending(), () -> bench.diagnostics(report));
    List<Integer> way =
        bench.text(report.outcome().output()).lines().map(Integer::parseInt).toList();
    assertEquals(POINTS, way.stream().distinct().count());
    double length = 0;
    for (int i = 0; i < POINTS; i++) {
      int from = way.get(i);
      int to = way.get((i + 1) % POINTS);
      length += Math.hypot(xs[from] - xs[to], ys[from] - ys[to]);
    }
    return length;
  }

  @Test
  void moreFuelNeverGivesALongerTour() throws IOException {
    try (Bench bench = bench(VmSettings.defaults())) {
      double shortest = Double.MAX_VALUE;
      double first = 0;
      for (long fuel = 3_000_000; fuel < 400_000_000; fuel *= 3) {
        RunReport report = run(bench, fuel);
        double length = length(bench, report);
        assertTrue(length <= shortest + 1e-6, fuel + ": " + length + " after " + shortest);
        assertTrue(report.outcome().fuelUsed() <= fuel);
        first = first == 0 ? length : first;
        shortest = length;
      }
      assertTrue(shortest < first, shortest + " is not less than " + first);
      assertEquals(Disposition.HIT, run(bench, 3_000_000).disposition());
    }
  }

  @Test
  void aRunGoesOnWhereAnotherHasEnded() throws IOException {
    try (Bench bench = bench(VmSettings.defaults())) {
      RunReport report = run(bench, 6_000_000);
      double before = length(bench, report);
      double first = before;
      for (int i = 0; i < 4; i++) {
        bench.bind("/data/tour", report.outcome().output());
        report = run(bench, 6_000_000);
        double length = length(bench, report);
        assertTrue(length <= before + 1e-6, length + " after " + before);
        before = length;
      }
      assertTrue(before < first, before + " is not less than " + first);
      bench.bind("/data/tour", "0\n0\n");
      assertEquals(new Ending.Exited(1), run(bench, 6_000_000).outcome().ending());
    }
  }

  @Test
  void bothEnginesSeeTheSameFuel() throws IOException {
    try (Bench compiled = bench(VmSettings.defaults());
        Bench interpreted = bench(VmSettings.defaults().withEngine(Engine.REFERENCE))) {
      RunReport one = run(compiled, 4_000_000);
      RunReport other = run(interpreted, 4_000_000);
      assertEquals(one.outcome().output(), other.outcome().output());
      assertEquals(one.outcome().fuelUsed(), other.outcome().fuelUsed());
      assertNotEquals(one.outcome().output(), run(compiled, 40_000_000).outcome().output());
    }
  }

  @Test
  void withTooLittleFuelThereIsNoTour() throws IOException {
    try (Bench bench = bench(VmSettings.defaults())) {
      assertEquals(new Ending.Trapped(Trap.OUT_OF_FUEL), run(bench, 200_000).outcome().ending());
    }
  }
}
