package io.kogluktualuk.rdma.doctor;

import io.kogluktualuk.fabric.units.ByteCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What this process may take: locked memory, descriptors, the RDMA objects of its control group.
///
/// **Threading:** stateless.
final class LimitCheck implements Check {

  private static final int CAP_IPC_LOCK = 14;

  @Override
  public List<Finding> look(Host host) {
    List<Finding> findings = new ArrayList<>();
    boolean mayLock = Limits.hasCapability(host.machine(), CAP_IPC_LOCK);
    findings.add(memlock(host, mayLock));
    findings.add(
        mayLock
            ? Finding.ok("ipc_lock", "this process has CAP_IPC_LOCK: memlock does not bind it")
            : Finding.ok("ipc_lock", "no CAP_IPC_LOCK", "not needed where memlock suffices"));
    findings.add(files(host));
    controlGroup(host).ifPresent(findings::add);
    return findings;
  }

  private static Finding memlock(Host host, boolean mayLock) {
    long need = host.need().lockedBytes();
    Limits.@Nullable Limit limit = Limits.of(host.machine(), "Max locked memory");
    String expected =
        new ByteCount(need) + " for the configured capacity; only an adapter locks memory";
    if (limit == null) {
      return Finding.note("memlock", "the limit is not known", expected, "ulimit -l");
    }
    String found = size(limit.soft()) + " (hard limit " + size(limit.hard()) + ")";
    if (limit.soft() >= need) {
      return Finding.ok("memlock", found);
    }
    if (mayLock) {
      return Finding.ok("memlock", found + ", lifted by CAP_IPC_LOCK");
    }
    String action =
        limit.hard() >= need
            ? "ulimit -l unlimited # in the shell that starts kog"
            : "echo '* - memlock unlimited' > /etc/security/limits.d/99-rdma.conf # as root, then"
                + " log in again; for a systemd service LimitMEMLOCK=infinity";
    return Finding.lacking(host.hasDevice(), "memlock", found, expected, action);
  }

  private static Finding files(Host host) {
    Limits.@Nullable Limit limit = Limits.of(host.machine(), "Max open files");
    if (limit == null) {
      return Finding.note("open files", "the limit is not known", "", "ulimit -n");
    }
    String found = limit.soft() + " (hard limit " + limit.hard() + ")";
    // The JVM raises its own soft limit to the hard one.
    return limit.hard() >= host.need().openFiles()
        ? Finding.ok("open files", found)
        : Finding.note(
            "open files",
            found,
            "%d or more: each connection takes some".formatted(host.need().openFiles()),
            "echo '* - nofile 65536' > /etc/security/limits.d/99-nofile.conf # as root, then log in"
                + " again; for a systemd service LimitNOFILE=65536");
  }

  private static String size(long bytes) {
    return bytes == Limits.UNLIMITED ? "unlimited" : new ByteCount(bytes).toString();
  }

  private static Optional<Finding> controlGroup(Host host) {
    if (!host.hasDevice()) {
      return Optional.empty();
    }
    for (String line : host.machine().lines("/proc/self/cgroup")) {
      String[] fields = line.split(":", 3);
      if (fields.length < 3 || !(fields[1].isEmpty() || fields[1].equals("rdma"))) {
        continue;
      }
      String mount = fields[1].isEmpty() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/rdma";
      String file = mount + (fields[2].equals("/") ? "" : fields[2]) + "/rdma.max";
      String text = host.machine().text(file);
      if (text != null && text.matches("(?s).*=\\d.*")) {
        return Optional.of(
            Finding.note(
                "cgroup",
                file + ": " + text.replace('\n', ';'),
                "no limit, or room for 2 handles and some hundred objects a process",
                "echo '"
                    + host.devices().getFirst().name()
                    + " hca_handle=max hca_object=max' > "
                    + file));
      }
    }
    return Optional.of(Finding.ok("cgroup", "no limit of RDMA objects for this control group"));
  }
}
