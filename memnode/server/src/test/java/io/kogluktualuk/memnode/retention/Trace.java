package io.kogluktualuk.memnode.retention;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// A workload: which blobs are wanted one after the other, how large they are and what they cost.
/// Made from a seed, always the same.
///
/// @param name of the workload
/// @param wanted keys, in the order of use
/// @param bytes by key
/// @param costMicros by key
record Trace(String name, int[] wanted, long[] bytes, long[] costMicros) {

  private static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /// Collects a trace.
  private static final class Recorder {
    private final List<Integer> wanted = new ArrayList<>();
    private final List<Long> bytes = new ArrayList<>();
    private final List<Long> costs = new ArrayList<>();

    int key(double size, double cost) {
      bytes.add(Math.max(64, (long) size));
      costs.add(Math.max(0, (long) cost));
      return bytes.size() - 1;
    }

    void want(int key) {
      wanted.add(key);
    }

    Trace end(String name) {
      return new Trace(
          name,
          wanted.stream().mapToInt(Integer::intValue).toArray(),
          bytes.stream().mapToLong(Long::longValue).toArray(),
          costs.stream().mapToLong(Long::longValue).toArray());
    }
  }

  private static double logNormal(RandomGenerator random, double median, double sigma) {
    return median * Math.exp(sigma * random.nextGaussian());
  }

  /// Incremental builds: 2,000 objects of some 20 KB for 0.3 s of compiling each, 40 libraries of
  /// some 2 MB for 20 s. A build changes a few objects, makes them and their library anew, wants
  /// all objects of the libraries that it links and all libraries; each build leaves intermediates
  /// that nobody wants again, and every tenth is followed by a scan of old logs, wanted once.
  static Trace builds() {
    RandomGenerator random = random(11);
    Recorder trace = new Recorder();
    int objects = 2000;
    int libraries = 40;
    int[] object = new int[objects];
    int[] library = new int[libraries];
    for (int i = 0; i < objects; i++) {
      object[i] = trace.key(logNormal(random, 20e3, 0.8), logNormal(random, 300e3, 1));
    }
    for (int i = 0; i < libraries; i++) {
      library[i] = trace.key(logNormal(random, 2e6, 0.5), logNormal(random, 20e6, 0.5));
    }
    for (int build = 0; build < 300; build++) {
      for (int change = 0; change < 5; change++) {
        int changed = (int) (objects * Math.pow(random.nextDouble(), 2));
        object[changed] = trace.key(logNormal(random, 20e3, 0.8), logNormal(random, 300e3, 1));
        int part = changed % libraries;
        library[part] = trace.key(logNormal(random, 2e6, 0.5), logNormal(random, 20e6, 0.5));
        for (int each = part; each < objects; each += libraries) {
          trace.want(object[each]);
        }
        trace.want(trace.key(logNormal(random, 500e3, 1), 50e3));
      }
      for (int each : library) {
        trace.want(each);
      }
      if (build % 10 == 9) {
        for (int log = 0; log < 100; log++) {
          trace.want(trace.key(logNormal(random, 300e3, 0.7), 20e3));
        }
      }
    }
    return trace.end("builds");
  }

  /// An analysis: 20,000 results whose popularity is Zipf's with exponent 0.9 and shifts, a
  /// twentieth of the ranks every 5,000 wishes; sizes (median 100 KB) and costs (median 1 s) are
  /// log-normal and know nothing of each other.
  static Trace analysis() {
    RandomGenerator random = random(22);
    Recorder trace = new Recorder();
    int results = 20_000;
    int[] byRank = new int[results];
    double[] sums = new double[results];
    double sum = 0;
    for (int i = 0; i < results; i++) {
      byRank[i] = trace.key(logNormal(random, 100e3, 1.2), logNormal(random, 1e6, 1.5));
      sum += 1 / Math.pow(i + 1, 0.9);
      sums[i] = sum;
    }
    for (int wish = 0; wish < 150_000; wish++) {
      if (wish % 5_000 == 4_999) {
        for (int i = 0; i < results / 20; i++) {
          int one = random.nextInt(results);
          int other = random.nextInt(results);
          int kept = byRank[one];
          byRank[one] = byRank[other];
          byRank[other] = kept;
        }
      }
      int at = java.util.Arrays.binarySearch(sums, random.nextDouble() * sum);
      trace.want(byRank[Math.min(results - 1, at < 0 ? -at - 1 : at)]);
    }
    return trace.end("analysis");
  }

  /// A pipeline: two of three blobs are wanted once and never again; the others are one of 600
  /// tables of some 400 KB for 2 s, wanted again and again, and of each stage's states (3,000, 50
  /// KB, 0.5 s), those of the recent past more often.
  static Trace pipeline() {
    RandomGenerator random = random(33);
    Recorder trace = new Recorder();
    int[] tables = new int[600];
    for (int i = 0; i < tables.length; i++) {
      tables[i] = trace.key(logNormal(random, 400e3, 0.7), logNormal(random, 2e6, 1));
    }
    int[] states = new int[3000];
    for (int i = 0; i < states.length; i++) {
      states[i] = trace.key(logNormal(random, 50e3, 0.5), logNormal(random, 500e3, 1));
    }
    for (int step = 0; step < 100_000; step++) {
      int kind = random.nextInt(12);
      if (kind < 8) {
        trace.want(trace.key(logNormal(random, 100e3, 1), logNormal(random, 100e3, 1)));
      } else if (kind < 10) {
        trace.want(tables[(int) (tables.length * Math.pow(random.nextDouble(), 2.5))]);
      } else {
        int recent = (int) (states.length * Math.pow(random.nextDouble(), 4));
        trace.want(states[Math.floorMod(step / 20 - recent, states.length)]);
      }
    }
    return trace.end("pipeline");
  }

  /// Held out: nothing was tuned on it. Nights of tests and days of work: 5,000 inputs of some 30
  /// KB whose costs grow with their size, wanted in one scan each night in the same order, and by
  /// day at random from the newest on (exponential, 400 back on average) in bursts of three; 1 of
  /// 20 results is huge (30 MB) and cheap. 1 of 5 inputs is made anew each day.
  static Trace days() {
    RandomGenerator random = random(4711);
    Recorder trace = new Recorder();
    int[] inputs = new int[5000];
    for (int day = 0; day < 25; day++) {
      for (int i = 0; i < inputs.length; i++) {
        if (day == 0 || random.nextInt(5) == 0) {
          double size = logNormal(random, 30e3, 1.4);
          double cost = 20 * size * logNormal(random, 1, 0.7);
          inputs[i] = trace.key(size, cost);
        }
      }
      for (int wish = 0; wish < 4000; wish++) {
        int back = (int) (-400 * Math.log(1 - random.nextDouble()));
        int at = Math.floorMod(day * 200 - back, inputs.length);
        for (int burst = 0; burst < 3; burst++) {
          trace.want(inputs[(at + burst) % inputs.length]);
        }
        if (random.nextInt(20) == 0) {
          trace.want(trace.key(logNormal(random, 30e6, 0.3), logNormal(random, 20e3, 1)));
        }
      }
      for (int input : inputs) {
        trace.want(input);
      }
    }
    return trace.end("days");
  }
}
