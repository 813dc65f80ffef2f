package io.kogluktualuk.fabric.systemtests;

import java.util.random.RandomGenerator;

/// What can go wrong with a cluster.
enum Fault {
  KILL_LEADER(Domain.CONTROL, Node::killLeader),
  KILL_CONTROL(Domain.CONTROL, Node::killControl),
  KILL_MEMORY(Domain.MEMORY, Node::killMemory),
  KILL_COMPUTE(Domain.COMPUTE, Node::killCompute),
  PAUSE_LEADER(Domain.CONTROL, Node::pauseLeader),
  PAUSE_MEMORY(Domain.MEMORY, Node::pauseMemory),
  PAUSE_COMPUTE(Domain.COMPUTE, Node::pauseCompute),
  /// It cannot hear the other control nodes, but its clients can hear it.
  DEPOSE_LEADER(Domain.CONTROL, Network::deposeLeader),
  CUT_LEADER(Domain.CONTROL, Network::cutLeader),
  CUT_MEMORY(Domain.MEMORY, Network::cutMemory),
  /// What a memory node answers does not arrive at the clients; what they ask does.
  DEAFEN_CLIENT(Domain.MEMORY, Network::deafenClient),
  FILL_MEMORY_DISK(Domain.MEMORY, Disk::fillMemory),
  FILL_CONTROL_DISK(Domain.CONTROL, Disk::fillControl),
  TEAR_MEMORY_LOG(Domain.MEMORY, true, Disk::tearMemoryLog),
  TEAR_CONTROL_LOG(Domain.CONTROL, Disk::tearControlLog),
  FLIP_ARENA(Domain.MEMORY, true, Disk::flipArena),
  FLIP_MEMORY_LOG(Domain.MEMORY, true, Disk::flipMemoryLog),
  FLIP_CONTROL_LOG(Domain.CONTROL, true, Disk::flipControlLog),
  FLIP_SNAPSHOT(Domain.CONTROL, true, Disk::flipSnapshot),
  EMPTY_MEMORY_DISK(Domain.MEMORY, true, Disk::emptyMemory),
  EMPTY_CONTROL_DISK(Domain.CONTROL, true, Disk::emptyControl),
  SLOW_CONTROL_DISK(Domain.CONTROL, Machine::slowControl),
  SLOW_MEMORY_DISK(Domain.MEMORY, Machine::slowMemory),
  STEP_CONTROL_CLOCK(Domain.CONTROL, Machine::stepControlClock),
  STEP_MEMORY_CLOCK(Domain.MEMORY, Machine::stepMemoryClock);

  /// Faults of one domain do not overlap: the fabric promises to survive one of each.
  enum Domain {
    CONTROL,
    MEMORY,
    COMPUTE
  }

  /// How it is done.
  interface Deed {

    /// @return how it is healed
    Healing to(FaultGround ground, HoldWork holds, RandomGenerator random) throws Exception;
  }

  /// Ends a fault, and waits until the node is back.
  interface Healing {
    void heal() throws Exception;
  }

  private final Domain domain;
  private final boolean isDestructive;
  private final Deed deed;

  Fault(Domain domain, Deed deed) {
    this(domain, false, deed);
  }

  Fault(Domain domain, boolean isDestructive, Deed deed) {
    this.domain = domain;
    this.isDestructive = isDestructive;
    this.deed = deed;
  }

  Domain domain() {
    return domain;
  }

  /// Whether a disk has lost something, so that it has to be copied before the next disk may.
  boolean isDestructive() {
    return isDestructive;
  }

  /// Why it cannot be done here; empty when it can.
  String obstacle(FaultGround ground) {
    return switch (this) {
      case DEPOSE_LEADER, CUT_LEADER, CUT_MEMORY, DEAFEN_CLIENT ->
          ground.hasNamespaces() ? "" : "network namespaces need root and iproute2";
      case FILL_MEMORY_DISK, FILL_CONTROL_DISK ->
          ground.hasSmallDisks() ? "" : "mounting a small disk needs root";
      case SLOW_CONTROL_DISK, SLOW_MEMORY_DISK, STEP_CONTROL_CLOCK, STEP_MEMORY_CLOCK ->
          ground.hasDials() ? "" : "a preloaded library needs gcc";
      default -> "";
    };
  }

  Healing inject(FaultGround ground, HoldWork holds, RandomGenerator random) throws Exception {
    return deed.to(ground, holds, random);
  }

  /// Faults of processes.
  private static final class Node {

    static Healing killLeader(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return kill(ground, ground.leader());
    }

    static Healing killControl(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return kill(ground, NodeFaults.control(ground, random));
    }

    static Healing killMemory(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return kill(ground, NodeFaults.memory(random));
    }

    static Healing killCompute(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return kill(ground, NodeFaults.compute(random));
    }

    static Healing pauseLeader(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return pause(ground, ground.leader());
    }

    static Healing pauseMemory(FaultGround ground, HoldWork holds, RandomGenerator random) {
      return pause(ground, NodeFaults.memory(random));
    }

    static Healing pauseCompute(FaultGround ground, HoldWork holds, RandomGenerator random) {
      return pause(ground, NodeFaults.compute(random));
    }

    private static Healing kill(FaultGround ground, String name) throws InterruptedException {
      ground.cluster().kill(name);
      return () -> NodeFaults.start(ground, name);
    }

    private static Healing pause(FaultGround ground, String name) {
      ground.cluster().pause(name);
      return () -> ground.cluster().resume(name);
    }
  }

  /// Faults of the network.
  private static final class Network {

    static Healing deposeLeader(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      String leader = ground.leader();
      for (String other : ground.controls()) {
        if (!other.equals(leader)) {
          ground.cluster().deafen(leader, other);
          ground.cluster().deafen(other, leader);
        }
      }
      return () -> {
        for (String other : ground.controls()) {
          if (!other.equals(leader)) {
            ground.cluster().hear(leader, other);
            ground.cluster().hear(other, leader);
          }
        }
      };
    }

    static Healing cutLeader(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return cut(ground, ground.leader());
    }

    static Healing cutMemory(FaultGround ground, HoldWork holds, RandomGenerator random) {
      return cut(ground, NodeFaults.memory(random));
    }

    private static Healing cut(FaultGround ground, String name) {
      ground.cluster().partition(name);
      return () -> ground.cluster().heal(name);
    }

    static Healing deafenClient(FaultGround ground, HoldWork holds, RandomGenerator random) {
      String name = NodeFaults.memory(random);
      ground.cluster().deafen(name, null);
      return () -> ground.cluster().hear(name, null);
    }
  }

  /// Faults of disks.
  private static final class Disk {

    static Healing fillMemory(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return DiskFaults.fill(ground, "memory-3");
    }

    static Healing fillControl(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return ground.controls().contains("control-3")
          ? DiskFaults.fill(ground, "control-3")
          : Node.killControl(ground, holds, random);
    }

    static Healing tearMemoryLog(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return DiskFaults.tearMemoryLog(ground, holds, random);
    }

    static Healing tearControlLog(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return DiskFaults.tearControlLog(ground, random);
    }

    static Healing flipArena(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return DiskFaults.flipArena(ground, holds, random);
    }

    static Healing flipMemoryLog(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return DiskFaults.flipMemoryLog(ground, holds, random);
    }

    static Healing flipControlLog(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return DiskFaults.flipControl(ground, random, "log_");
    }

    static Healing flipSnapshot(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return DiskFaults.flipControl(ground, random, "snapshot");
    }

    static Healing emptyMemory(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return DiskFaults.emptyMemory(ground, holds, random);
    }

    static Healing emptyControl(FaultGround ground, HoldWork holds, RandomGenerator random)
        throws Exception {
      return DiskFaults.emptyControl(ground, random);
    }
  }

  /// Faults of machines that go on working.
  private static final class Machine {

    private static final java.time.Duration NONE = java.time.Duration.ZERO;

    static Healing slowControl(FaultGround ground, HoldWork holds, RandomGenerator random) {
      return slow(ground, NodeFaults.dialled(ground, random), random);
    }

    static Healing slowMemory(FaultGround ground, HoldWork holds, RandomGenerator random) {
      return slow(ground, NodeFaults.memory(random), random);
    }

    static Healing stepControlClock(FaultGround ground, HoldWork holds, RandomGenerator random) {
      return step(ground, NodeFaults.dialled(ground, random), random);
    }

    static Healing stepMemoryClock(FaultGround ground, HoldWork holds, RandomGenerator random) {
      return step(ground, NodeFaults.memory(random), random);
    }

    private static Healing slow(FaultGround ground, String name, RandomGenerator random) {
      ground.dials(name).set(java.time.Duration.ofMillis(random.nextInt(20, 200)), NONE);
      return () -> ground.dials(name).set(NONE, NONE);
    }

    private static Healing step(FaultGround ground, String name, RandomGenerator random) {
      int seconds = random.nextInt(60, 7200);
      int signed = random.nextBoolean() ? seconds : -seconds;
      ground.dials(name).set(NONE, java.time.Duration.ofSeconds(signed));
      return () -> ground.dials(name).set(NONE, NONE);
    }
  }
}
