package io.kogluktualuk.fabric.systemtests;

import java.time.Duration;

/// Machines that go on working, but slowly or with a wrong clock.
///
/// **Threading:** stateless.
final class MachineFaults {

  private MachineFaults() {}

  static Wound slowControl(Attack attack) {
    return slow(attack, attack.control());
  }

  static Wound slowMemory(Attack attack) {
    return slow(attack, attack.memory());
  }

  static Wound stepControlClock(Attack attack) {
    return step(attack, attack.control());
  }

  static Wound stepMemoryClock(Attack attack) {
    return step(attack, attack.memory());
  }

  private static Wound slow(Attack attack, String name) {
    Duration delay = Duration.ofMillis(attack.random().nextInt(20, 200));
    return turn(attack.ground(), name, delay, Duration.ZERO);
  }

  private static Wound step(Attack attack, String name) {
    Duration step = Duration.ofSeconds(attack.random().nextInt(60, 7200));
    boolean isForward = attack.random().nextBoolean();
    return turn(attack.ground(), name, Duration.ZERO, isForward ? step : step.negated());
  }

  private static Wound turn(FaultGround ground, String name, Duration delay, Duration clock) {
    Dials dials = ground.dials(name);
    long before = dials.obeyed();
    dials.set(delay, clock);
    return new Wound(
        () ->
            Evidence.await(
                () -> dials.obeyed() > before, () -> name + " neither waited nor asked the time"),
        () -> dials.set(Duration.ZERO, Duration.ZERO));
  }
}
