package io.kogluktualuk.rdma.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Looks at everything that verbs depend on. Changes nothing, and whatever it meets is a finding:
/// it does not throw.
///
/// **Threading:** one thread.
public final class Doctor {

  private final Machine machine;
  private final List<Check> checks;

  Doctor(Machine machine, List<Check> checks) {
    this.machine = machine;
    this.checks = List.copyOf(checks);
  }

  /// Looks at the machine this process runs on.
  public static Doctor ofThisMachine() {
    return new Doctor(new Machine(Path.of("/")), checks(Programs.installed()));
  }

  static List<Check> checks(Programs programs) {
    return List.of(
        new DeviceCheck(),
        new AccessCheck(),
        new VersionCheck(),
        new LimitCheck(),
        new MemoryCheck(),
        new ArenaCheck(),
        new PlacementCheck(),
        new CongestionCheck(programs),
        new ShareCheck());
  }

  /// All findings, in the order in which one would read them.
  public List<Finding> examine(Need need) {
    List<Finding> findings = new ArrayList<>();
    try {
      Host host = Host.of(machine, need);
      checks.forEach(check -> findings.addAll(look(check, host)));
    } catch (RuntimeException e) {
      findings.add(fault("reading the devices", e));
    }
    for (String file : machine.unreadable()) {
      findings.add(
          Finding.note("unreadable", file, "readable", "sudo kog doctor # sees what root may see"));
    }
    return findings;
  }

  private static List<Finding> look(Check check, Host host) {
    try {
      return check.look(host);
    } catch (RuntimeException e) {
      return List.of(fault(check.getClass().getSimpleName(), e));
    }
  }

  private static Finding fault(String what, RuntimeException e) {
    return Finding.problem(
        "doctor",
        what + " failed: " + e,
        "a finding",
        "kog version # this is a fault of kog itself: please report both");
  }
}
