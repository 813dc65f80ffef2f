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

  private record Struck(Fault fault, Wound wound) {}

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

  /// @param target gets the history, and logs when it fails
  /// @throws AssertionError when something that was promised did not hold
  void run(FaultGround ground, Path target) throws Exception {
    History history = new History();
    Course course = new Course();
    Throwable failure = null;
    long start = System.nanoTime();
    try {
      play(ground, target, history, course);
    } catch (Exception | AssertionError e) {
      failure = e;
      System.out.println("scenario " + seed + ": " + e + Failures.causes(e));
    }
    course.end();
    boolean isRight = failure == null && history.violations().isEmpty();
    System.out.printf(
        "scenario %d %s %s: %d steps, %d refused, %d open, %.1f s (%s)%n",
        seed,
        faults,
        isRight ? "held" : "FAILED",
        history.size(),
        history.count(Step.Fate.REFUSED),
        history.count(Step.Fate.OPEN),
        (System.nanoTime() - start) / 1e9,
        course);
    Files.createDirectories(target);
    history.write(target.resolve("history"));
    if (!isRight) {
      history.violations().forEach(System.out::println);
      ground.keepLogs(target);
      throw new AssertionError(
          "scenario " + seed + " " + faults + ": " + history.violations() + "; see " + target,
          failure);
    }
  }

  private void play(FaultGround ground, Path target, History history, Course course)
      throws Exception {
    course.begin("opening");
    try (MixedLoad load = new MixedLoad(ground, seed, Files.createDirectories(target), history)) {
      Await.pause(500);
      attack(ground, load, history, course);
      course.begin("rest");
      Await.pause(500);
      load.stop();
      ground.awaitHealthy();
      load.check(faults.stream().anyMatch(Scenario::losesCopies) ? 2 : 1, course);
      course.begin("closing");
    }
  }

  private void attack(FaultGround ground, MixedLoad load, History history, Course course)
      throws Exception {
    RandomGenerator random = generator(~seed);
    Map<Fault.Domain, Struck> active = new EnumMap<>(Fault.Domain.class);
    for (Fault fault : faults) {
      if (!fault.obstacle(ground).isEmpty()) {
        System.out.println("skipped " + fault + ": " + fault.obstacle(ground));
        continue;
      }
      if (active.containsKey(fault.domain()) || random.nextBoolean()) {
        course.begin("healing");
        healAll(active, history);
      }
      course.begin("injecting");
      if (fault.domain() == Fault.Domain.CONTROL) {
        ground.awaitControlHealthy();
      }
      history.note("inject " + fault);
      Wound wound = fault.inject(new Attack(ground, load.holds(), random));
      active.put(fault.domain(), new Struck(fault, wound));
      history.note("injected " + fault);
      course.begin("suffering");
      Await.pause(random.nextLong(500, 2500));
    }
    course.begin("healing");
    healAll(active, history);
  }

  private static boolean losesCopies(Fault fault) {
    return fault.isDestructive() && fault.domain() == Fault.Domain.MEMORY;
  }

  private static void healAll(Map<Fault.Domain, Struck> active, History history) throws Exception {
    for (Struck each : active.values()) {
      history.note("await " + each.fault());
      each.wound().shows().run();
      history.note("heal " + each.fault());
      each.wound().heals().run();
      history.note("healed " + each.fault());
    }
    active.clear();
  }
}
