package io.kogluktualuk.fabric.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.kogluktualuk.fabric.benchmarks.Measurement.Direction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FiguresTest {

  private static Measurement measurement(
      double ours, @Nullable Double peer, Direction direction, @Nullable Double target) {
    return new Measurement("b", "m", "µs", ours, peer, "p", direction, null, null, target);
  }

  @Test
  void aSpreadIsTheMedianBetweenItsEnds() {
    assertEquals(new Spread(3, 1, 9), Spread.of(new double[] {9, 1, 3}));
    assertEquals(new Spread(2, 1, 3), Spread.of(new double[] {1, 3}));
    assertEquals(new Spread(6, 2, 18), new Spread(3, 1, 9).times(2));
    assertEquals(new Spread(4, 2, 12), new Spread(3, 1, 6).inverse(12));
  }

  @Test
  void contendersTakeTurns() throws Exception {
    List<String> order = new ArrayList<>();
    List<Spread> spreads =
        Contest.hold(
            7,
            2,
            10,
            List.of(
                times -> {
                  order.add("a" + times);
                  return 100;
                },
                times -> {
                  order.add("b" + times);
                  return 300;
                }));
    assertEquals(List.of("a7", "b7", "a10", "b10", "a10", "b10"), order);
    assertEquals(List.of(new Spread(10, 10, 10), new Spread(30, 30, 30)), spreads);
  }

  @Test
  void aTargetIsMetByTheSpeedup() {
    assertEquals(true, measurement(2, 3.0, Direction.LOWER_IS_BETTER, 1.5).isMet());
    assertEquals(false, measurement(2, 2.9, Direction.LOWER_IS_BETTER, 1.5).isMet());
    assertEquals(true, measurement(9, 10.0, Direction.HIGHER_IS_BETTER, 0.9).isMet());
    assertEquals(false, measurement(8, 10.0, Direction.HIGHER_IS_BETTER, 0.9).isMet());
    assertNull(measurement(2, null, Direction.LOWER_IS_BETTER, 1.5).isMet());
    assertNull(measurement(2, 3.0, Direction.LOWER_IS_BETTER, null).isMet());
  }

  @Test
  void nothingIsMetByNothingOnly() {
    assertNull(measurement(0, 0.0, Direction.LOWER_IS_BETTER, 1.0).speedup());
    assertEquals(true, measurement(0, 0.0, Direction.LOWER_IS_BETTER, 1.0).isMet());
    assertEquals(false, measurement(0.5, 0.0, Direction.LOWER_IS_BETTER, 1.0).isMet());
  }
}
