package io.kogluktualuk.fabric.systemtests;

import java.util.List;
import java.util.random.RandomGenerator;

/// Which node a fault strikes, and how one comes back.
///
/// **Threading:** stateless.
final class NodeFaults {

  private NodeFaults() {}

  static String control(FaultGround ground, RandomGenerator random) {
    return ground.controls().get(random.nextInt(ground.controls().size()));
  }

  static String memory(RandomGenerator random) {
    return "memory-" + random.nextInt(1, 4);
  }

  static String compute(RandomGenerator random) {
    return "compute-" + random.nextInt(1, 3);
  }

  /// A control node that was there from the start: those that join later have no dials.
  static String dialled(FaultGround ground, RandomGenerator random) {
    List<String> old =
        ground.controls().stream().filter(name -> name.compareTo("control-4") < 0).toList();
    return old.get(random.nextInt(old.size()));
  }

  static void start(FaultGround ground, String name) throws InterruptedException {
    ground.cluster().start(name);
    ground.cluster().awaitReady(name);
  }
}
