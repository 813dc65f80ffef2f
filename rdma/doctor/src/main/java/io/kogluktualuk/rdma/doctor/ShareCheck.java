package io.kogluktualuk.rdma.doctor;

import java.util.ArrayList;
import java.util.List;

/// Whether processes of this host can share memory: who sees whose files in `/proc`.
///
/// A peer's shared memory is opened as `/proc/PID/fd/N`, so both must be in one process namespace
/// and belong to one user. Yama's `ptrace_scope` restricts attaching only, not this.
///
/// **Threading:** stateless.
final class ShareCheck implements Check {

  /// The inode of the first process namespace of every Linux, `PROC_PID_INIT_INO`.
  private static final String FIRST_NAMESPACE = "pid:[4026531836]";

  @Override
  public List<Finding> look(Host host) {
    List<Finding> findings = new ArrayList<>();
    findings.add(namespace(host.machine()));
    findings.add(visibility(host.machine()));
    String scope = host.machine().text("/proc/sys/kernel/yama/ptrace_scope");
    findings.add(
        Finding.ok(
            "shared memory",
            scope == null ? "no Yama" : "Yama ptrace_scope " + scope + " (does not matter here)"));
    return findings;
  }

  private static Finding namespace(Machine machine) {
    String name = machine.target("/proc/self/ns/pid");
    if (name == null) {
      return Finding.note(
          "shared memory",
          "/proc/self/ns/pid cannot be read",
          "/proc of Linux, for shared memory between processes",
          "mount -t proc proc /proc");
    }
    return name.equals(FIRST_NAMESPACE)
        ? Finding.ok("shared memory", "processes of the whole host see each other")
        : Finding.note(
            "shared memory",
            "this process is in a process namespace of its own, " + name,
            "peers in other containers are reached over TCP",
            "docker run --pid=host … # or one shared by peers: --pid=container:NAME");
  }

  private static Finding visibility(Machine machine) {
    boolean isHidden =
        machine.lines("/proc/self/mounts").stream()
            .filter(line -> line.contains(" /proc proc "))
            .anyMatch(line -> line.matches(".*hidepid=(invisible|noaccess|ptraceable|[124]).*"));
    return isHidden
        ? Finding.note(
            "shared memory",
            "/proc hides processes of other users (hidepid)",
            "peers of one user",
            "mount -o remount,hidepid=0 /proc # or run all under one user")
        : Finding.ok("shared memory", "/proc shows all processes");
  }
}
