package io.kogluktualuk.fabric.systemtests;

import java.util.List;

/// Messages that do not arrive.
///
/// **Threading:** stateless.
final class NetworkFaults {

  private NetworkFaults() {}

  static Wound deposeLeader(Attack attack) throws Exception {
    Evidence evidence = new Evidence(attack.ground());
    Evidence.Led before = evidence.led();
    String leader = before.leader();
    List<String> others =
        attack.ground().controls().stream().filter(name -> !name.equals(leader)).toList();
    for (String other : others) {
      attack.cluster().deafen(leader, other);
      attack.cluster().deafen(other, leader);
    }
    return new Wound(
        () -> {
          evidence.awaitAnotherLeader(before);
          evidence.requireReachable(leader);
        },
        () -> {
          for (String other : others) {
            attack.cluster().hear(leader, other);
            attack.cluster().hear(other, leader);
          }
        });
  }

  static Wound cutLeader(Attack attack) throws Exception {
    Evidence evidence = new Evidence(attack.ground());
    Evidence.Led before = evidence.led();
    return cut(attack, before.leader()).shownBy(() -> evidence.awaitAnotherLeader(before));
  }

  /// Either until it is agreed to be lost, or for a moment.
  static Wound cutMemory(Attack attack) {
    Evidence evidence = new Evidence(attack.ground());
    String name = attack.memory();
    boolean isLong = attack.random().nextBoolean();
    return cut(attack, name)
        .shownBy(
            () -> {
              if (isLong) {
                evidence.awaitLost(name);
              } else {
                evidence.requireUnreachable(name);
              }
            });
  }

  private static Wound cut(Attack attack, String name) {
    attack.cluster().partition(name);
    return Wound.healedBy(() -> attack.cluster().heal(name));
  }

  static Wound deafenClient(Attack attack) {
    String name = attack.memory();
    attack.cluster().deafen(name, null);
    return new Wound(
        () -> new Evidence(attack.ground()).requireUnreachable(name),
        () -> attack.cluster().hear(name, null));
  }
}
