package io.kogluktualuk.fabric.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class HistogramTest {

  @Test
  void whatEqualsABoundIsBelowIt() {
    Histogram sizes = Histogram.ofSizes();
    sizes.add(64);
    sizes.add(65);
    sizes.add(64L << 20);
    sizes.add((64L << 20) + 1);
    Distribution read = sizes.read();
    assertEquals(64, read.bound(0));
    assertEquals(1, read.count(0));
    assertEquals(1, read.count(1));
    assertEquals(64 << 20, read.bound(10));
    assertEquals(1, read.count(10));
    assertEquals(Double.POSITIVE_INFINITY, read.bound(11));
    assertEquals(1, read.count(11));
    assertEquals(4, read.count());
    assertEquals(64 + 65 + 2 * (64 << 20) + 1, read.sum());
  }

  @Test
  void timesArePublishedInSeconds() {
    Histogram times = Histogram.ofTimes();
    times.add(2_000_000_000);
    Distribution read = times.read();
    assertEquals(1e-6, read.bound(0), 1e-12);
    assertEquals(16.777216, read.bound(12), 1e-9);
    assertEquals(2, read.sum(), 1e-9);
    assertEquals(14, read.buckets());
  }

  @Test
  void twoOfAKindAddUp() {
    Histogram one = Histogram.ofCounts();
    Histogram other = Histogram.ofCounts();
    one.add(1);
    other.add(5);
    Distribution both = one.read().plus(other.read());
    assertEquals(1, both.count(0));
    assertEquals(1, both.count(2));
    assertEquals(6, both.sum());
    assertEquals(both, other.read().plus(one.read()));
    Distribution times = Histogram.ofTimes().read();
    assertThrows(IllegalArgumentException.class, () -> both.plus(times));
  }
}
