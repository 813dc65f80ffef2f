package io.kogluktualuk.fabric.systemtests;

/// What can go wrong with a cluster.
enum Fault {
  KILL_LEADER(Domain.CONTROL, NodeFaults::killLeader),
  KILL_CONTROL(Domain.CONTROL, NodeFaults::killControl),
  KILL_MEMORY(Domain.MEMORY, NodeFaults::killMemory),
  KILL_COMPUTE(Domain.COMPUTE, NodeFaults::killCompute),
  PAUSE_LEADER(Domain.CONTROL, NodeFaults::pauseLeader),
  PAUSE_MEMORY(Domain.MEMORY, NodeFaults::pauseMemory),
  PAUSE_COMPUTE(Domain.COMPUTE, NodeFaults::pauseCompute),
  /// It cannot hear the other control nodes, but its clients can hear it.
  DEPOSE_LEADER(Domain.CONTROL, NetworkFaults::deposeLeader),
  CUT_LEADER(Domain.CONTROL, NetworkFaults::cutLeader),
  CUT_MEMORY(Domain.MEMORY, NetworkFaults::cutMemory),
  /// What a memory node answers does not arrive at the clients; what they ask does.
  DEAFEN_CLIENT(Domain.MEMORY, NetworkFaults::deafenClient),
  FILL_MEMORY_DISK(Domain.MEMORY, MemoryDiskFaults::fill),
  FILL_CONTROL_DISK(Domain.CONTROL, ControlDiskFaults::fill),
  TEAR_MEMORY_LOG(Domain.MEMORY, true, MemoryDiskFaults::tearLog),
  TEAR_CONTROL_LOG(Domain.CONTROL, ControlDiskFaults::tearLog),
  FLIP_ARENA(Domain.MEMORY, true, MemoryDiskFaults::flipArena),
  FLIP_MEMORY_LOG(Domain.MEMORY, true, MemoryDiskFaults::flipLog),
  FLIP_CONTROL_LOG(Domain.CONTROL, true, ControlDiskFaults::flipLog),
  FLIP_SNAPSHOT(Domain.CONTROL, true, ControlDiskFaults::flipSnapshot),
  EMPTY_MEMORY_DISK(Domain.MEMORY, true, MemoryDiskFaults::empty),
  EMPTY_CONTROL_DISK(Domain.CONTROL, true, ControlDiskFaults::empty),
  SLOW_CONTROL_DISK(Domain.CONTROL, MachineFaults::slowControl),
  SLOW_MEMORY_DISK(Domain.MEMORY, MachineFaults::slowMemory),
  STEP_CONTROL_CLOCK(Domain.CONTROL, MachineFaults::stepControlClock),
  STEP_MEMORY_CLOCK(Domain.MEMORY, MachineFaults::stepMemoryClock);

  /// Faults of one domain do not overlap: the fabric promises to survive one of each.
  enum Domain {
    CONTROL,
    MEMORY,
    COMPUTE
  }

  /// How it is done.
  interface Deed {
    Wound to(Attack attack) throws Exception;
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

  Wound inject(Attack attack) throws Exception {
    return deed.to(attack);
  }
}
