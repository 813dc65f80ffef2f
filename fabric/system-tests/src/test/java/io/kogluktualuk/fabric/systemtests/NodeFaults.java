package io.kogluktualuk.fabric.systemtests;

/// Processes that end without a word, or do nothing for a while.
///
/// **Threading:** stateless.
final class NodeFaults {

  private NodeFaults() {}

  static Wound killLeader(Attack attack) throws Exception {
    return kill(attack, attack.ground().leader());
  }

  static Wound killControl(Attack attack) throws Exception {
    return kill(attack, attack.control());
  }

  static Wound killMemory(Attack attack) throws Exception {
    return kill(attack, attack.memory());
  }

  static Wound killCompute(Attack attack) throws Exception {
    return kill(attack, attack.compute());
  }

  private static Wound kill(Attack attack, String name) throws InterruptedException {
    attack.cluster().kill(name);
    return Wound.healedBy(() -> attack.start(name));
  }

  /// Either until another leads, or for a moment: then it may go on as if nothing had been.
  static Wound pauseLeader(Attack attack) throws Exception {
    Evidence evidence = new Evidence(attack.ground());
    Evidence.Led before = evidence.led();
    Wound pause = pause(attack, before.leader());
    boolean isLong = attack.random().nextBoolean();
    return isLong ? pause.shownBy(() -> evidence.awaitAnotherLeader(before)) : pause;
  }

  /// Either until it is agreed to be lost, or for a moment.
  static Wound pauseMemory(Attack attack) {
    String name = attack.memory();
    Wound pause = pause(attack, name);
    boolean isLong = attack.random().nextBoolean();
    return isLong ? pause.shownBy(() -> new Evidence(attack.ground()).awaitLost(name)) : pause;
  }

  static Wound pauseCompute(Attack attack) {
    return pause(attack, attack.compute());
  }

  private static Wound pause(Attack attack, String name) {
    attack.cluster().pause(name);
    return new Wound(
        () -> new Evidence(attack.ground()).awaitStopped(name),
        () -> attack.cluster().resume(name));
  }
}
