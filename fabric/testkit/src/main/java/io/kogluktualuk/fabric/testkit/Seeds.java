package io.kogluktualuk.fabric.testkit;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Runs a randomised test over many seeds, and says how to repeat the one that failed.
///
/// `-Dseed=N` runs that seed alone.
///
/// **Threading:** stateless; each run is on the caller's thread.
public final class Seeds {

  private static final long FIRST = 0x6b6f67;

  private Seeds() {}

  /// One randomised run. What it throws fails the test.
  public interface Run {
    void with(RandomGenerator random) throws Exception;
  }

  /// Runs `count` seeds, or the one that the property `seed` names.
  ///
  /// @param test the test class, for the command that repeats a failure
  public static void run(Class<?> test, int count, Run run) {
    String given = System.getProperty("seed", "");
    if (!given.isEmpty()) {
      runOne(test, Long.parseLong(given), run);
      return;
    }
    for (long seed = FIRST; seed < FIRST + count; seed++) {
      runOne(test, seed, run);
    }
  }

  private static void runOne(Class<?> test, long seed, Run run) {
    try {
      run.with(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "seed "
              + seed
              + " failed; repeat it with: ./mvnw test -Dtest="
              + test.getSimpleName()
              + " -Dsurefire.failIfNoSpecifiedTests=false -Dseed="
              + seed,
          e);
    }
  }
}
