package io.kogluktualuk.rdma.doctor;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Where the adapter sits: its NUMA node beside the cores of this process, and what translates its
/// addresses.
///
/// **Threading:** stateless.
final class PlacementCheck implements Check {

  private static final int CORES_MAX = 1 << 14;

  @Override
  public List<Finding> look(Host host) {
    if (!host.hasDevice()) {
      return List.of();
    }
    List<Finding> findings = new ArrayList<>();
    host.devices().stream()
        .filter(device -> !device.isSoft())
        .forEach(device -> findings.add(node(host.machine(), device)));
    findings.add(iommu(host.machine()));
    return findings;
  }

  private static Finding node(Machine machine, RdmaDevice device) {
    if (device.numaNode() < 0) {
      return Finding.ok("numa", device.name() + " belongs to no NUMA node: there is one only");
    }
    BitSet near =
        cores(machine.textOr("/sys/devices/system/node/node" + device.numaNode() + "/cpulist", ""));
    BitSet ours = cores(Limits.statusLine(machine, "Cpus_allowed_list"));
    BitSet both = (BitSet) ours.clone();
    both.and(near);
    String found =
        "%s is on node %d (%d cores); this process may use %d cores, %d of them there"
            .formatted(
                device.name(),
                device.numaNode(),
                near.cardinality(),
                ours.cardinality(),
                both.cardinality());
    return !both.isEmpty() && both.equals(ours)
        ? Finding.ok("numa", found)
        : Finding.note(
            "numa",
            found,
            "cores and memory beside the adapter",
            "numactl --cpunodebind=%d --membind=%d kog up"
                .formatted(device.numaNode(), device.numaNode()));
  }

  /// `0-3,8` as a set.
  static BitSet cores(String list) {
    BitSet cores = new BitSet();
    for (String range : list.split(",")) {
      String[] ends = range.strip().split("-", 2);
      if (ends[0].matches("\\d{1,5}") && ends[ends.length - 1].matches("\\d{1,5}")) {
        int first = Integer.parseInt(ends[0]);
        int last = Math.min(Integer.parseInt(ends[ends.length - 1]), CORES_MAX);
        if (first <= last) {
          cores.set(first, last + 1);
        }
      }
    }
    return cores;
  }

  private static Finding iommu(Machine machine) {
    boolean isOn = !machine.names("/sys/class/iommu").isEmpty();
    if (!isOn) {
      return Finding.ok("iommu", "none in use");
    }
    String command = machine.textOr("/proc/cmdline", "");
    return command.contains("iommu=pt") || command.contains("iommu.passthrough=1")
        ? Finding.ok("iommu", "in use, passing the host's own devices through")
        : Finding.note(
            "iommu",
            "in use, and translates each of the adapter's accesses",
            "iommu=pt on the kernel's command line, where devices are trusted",
            "sed -i 's/^GRUB_CMDLINE_LINUX=\"/&iommu=pt /' /etc/default/grub && update-grub #"
                + " then reboot");
  }
}
