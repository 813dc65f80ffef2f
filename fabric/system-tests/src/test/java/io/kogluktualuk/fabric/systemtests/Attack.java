package io.kogluktualuk.fabric.systemtests;

import java.util.random.RandomGenerator;

/// What a fault is done to, and what decides how.
///
/// **Threading:** one thread.
///
/// @param holds hears which nodes are excused
record Attack(FaultGround ground, HoldWork holds, RandomGenerator random) {

  ProcessCluster cluster() {
    return ground.cluster();
  }

  /// A control node.
  String control() {
    return ground.controls().get(random.nextInt(ground.controls().size()));
  }

  /// A memory node.
  String memory() {
    return "memory-" + random.nextInt(1, 4);
  }

  /// A compute node.
  String compute() {
    return "compute-" + random.nextInt(1, 3);
  }

  void start(String name) throws InterruptedException {
    cluster().start(name);
    cluster().awaitReady(name);
  }
}
