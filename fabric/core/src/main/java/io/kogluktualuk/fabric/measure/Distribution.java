package io.kogluktualuk.fabric.measure;

import java.util.Arrays;
import java.util.Objects;

/// How large things were: how many lay between each two bounds.
///
/// **Units:** base units: seconds, bytes, counts. **Threading:** immutable.
public final class Distribution {

  private final double[] bounds;
  private final long[] counts;
  private final double sum;

  /// @param bounds upper ones, ascending; the last is infinity
  /// @param counts how many are at most as large, and larger than the bound before
  /// @param sum of all of them
  Distribution(double[] bounds, long[] counts, double sum) {
    if (bounds.length != counts.length || bounds.length == 0) {
      throw new IllegalArgumentException(bounds.length + " bounds, " + counts.length + " counts");
    }
    this.bounds = bounds.clone();
    this.counts = counts.clone();
    this.sum = sum;
  }

  /// How many buckets there are.
  public int buckets() {
    return bounds.length;
  }

  /// The upper bound of a bucket; infinity for the last.
  public double bound(int bucket) {
    return bounds[bucket];
  }

  /// How many are in a bucket, and in none before.
  public long count(int bucket) {
    return counts[bucket];
  }

  /// How many there are in all.
  public long count() {
    return Arrays.stream(counts).sum();
  }

  public double sum() {
    return sum;
  }

  /// Both together.
  public Distribution plus(Distribution other) {
    if (!Arrays.equals(bounds, other.bounds)) {
      throw new IllegalArgumentException(this + " and " + other + " have other bounds");
    }
    long[] both = new long[counts.length];
    Arrays.setAll(both, i -> counts[i] + other.counts[i]);
    return new Distribution(bounds, both, sum + other.sum);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Distribution same
        && Arrays.equals(bounds, same.bounds)
        && Arrays.equals(counts, same.counts)
        && sum == same.sum;
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.hashCode(bounds), Arrays.hashCode(counts), sum);
  }

  @Override
  public String toString() {
    return count() + " adding up to " + sum + ": " + Arrays.toString(counts);
  }
}
