package io.kogluktualuk.fabric.systemtests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// A mixed load, faults, healing and the final check: all that is random in it follows from a
/// seed, but for what processes and kernels do.
///
/// @param faults in this order; those of different domains may overlap
record Scenario(long seed, List<Fault> faults) {

  /// Draws one to four faults.
  static Scenario random(long seed) {
    RandomGenerator random = generator(seed);
    Fault[] all = Fault.values();
    List<Fault> faults = new ArrayList<>();
    Set<Fault.Domain> destroyed = EnumSet.noneOf(Fault.Domain.class);
    int count = random.nextInt(1, 5);
    while (faults.size() < count) {
      Fault fault = all[random.nextInt(all.length)];
      if (!fault.isDestructive() || destroyed.add(fault.domain())) {
        faults.add(fault);
      }
    }
    return new Scenario(seed, faults);
  }

  private static RandomGenerator generator(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /// @param target gets history and logs when it fails
  /// @throws AssertionError when something that was promised did not hold
  void run(FaultGround ground, Path target) throws Exception {
    History history = new History();
    Throwable failure = null;
    long start = System.nanoTime();
    try {
      play(ground, target, history);
    } catch (Exception | AssertionError e) {
      failure = e;
      System.out.println("scenario " + seed + ": " + e + Failures.causes(e));
    }
    boolean isRight = failure == null && history.violations().isEmpty();
    System.out.printf(
        "scenario %d %s %s: %d steps, %d refused, %d open, %.1f s%n",
        seed,
        faults,
        isRight ? "held" : "FAILED",
        history.size(),
        history.count(Step.Fate.REFUSED),
        history.count(Step.Fate.OPEN),
        (System.nanoTime() - start) / 1e9);
    if (!isRight) {
      history.violations().forEach(System.out::println);
      Files.createDirectories(target);
      history.write(target.resolve("history"));
      ground.keepLogs(target);
      throw new AssertionError(
          "scenario " + seed + " " + faults + ": " + history.violations() + "; see " + target,
          failure);
    }
  }

  private void play(FaultGround ground, Path target, History history) throws Exception {
    RandomGenerator random = generator(~seed);
    try (MixedLoad load = new MixedLoad(ground, seed, Files.createDirectories(target), history)) {
      Await.pause(500);
      Map<Fault.Domain, Wound> active = new EnumMap<>(Fault.Domain.class);
      for (Fault fault : faults) {
        if (!fault.obstacle(ground).isEmpty()) {
          System.out.println("skipped " + fault + ": " + fault.obstacle(ground));
          continue;
        }
        if (active.containsKey(fault.domain()) || random.nextBoolean()) {
          healAll(active);
        }
        if (fault.domain() == Fault.Domain.CONTROL) {
          ground.awaitControlHealthy();
        }
        Attack attack = new Attack(ground, load.holds(), random);
        active.put(fault.domain(), fault.inject(attack));
        Await.pause(random.nextLong(500, 3500));
      }
      healAll(active);
      Await.pause(500);
      load.stop();
      ground.awaitHealthy();
      load.check(faults.stream().anyMatch(Scenario::losesCopies) ? 2 : 1);
    }
  }

  private static boolean losesCopies(Fault fault) {
    return fault.isDestructive() && fault.domain() == Fault.Domain.MEMORY;
  }

  private static void healAll(Map<Fault.Domain, Wound> active) throws Exception {
    for (Wound wound : active.values()) {
      wound.heal();
    }
    active.clear();
  }
}
