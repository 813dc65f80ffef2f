package io.kogluktualuk.rdma.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Whether user space can get at the verbs: the kernel's modules and their device files.
///
/// **Threading:** stateless.
final class AccessCheck implements Check {

  private static final String FOLDER = "/dev/infiniband";

  @Override
  public List<Finding> look(Host host) {
    List<Finding> findings = new ArrayList<>();
    findings.add(modules(host));
    findings.addAll(files(host));
    return findings;
  }

  /// Modules that are part of the kernel itself have a folder in `/sys/module` as well.
  private static Finding modules(Host host) {
    Machine machine = host.machine();
    Set<String> wanted = new TreeSet<>(List.of("ib_core", "ib_uverbs", "rdma_cm", "rdma_ucm"));
    host.devices().stream().flatMap(RdmaDevice::modules).forEach(wanted::add);
    Set<String> loaded =
        machine.lines("/proc/modules").stream()
            .map(line -> line.split(" ", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    wanted.stream().filter(name -> machine.exists("/sys/module/" + name)).forEach(loaded::add);
    List<String> missing = wanted.stream().filter(name -> !loaded.contains(name)).toList();
    if (missing.isEmpty()) {
      return Finding.ok("module", "loaded: " + String.join(", ", wanted));
    }
    String found = "not loaded: " + String.join(", ", missing);
    return host.hasDevice()
        ? Finding.problem("module", found, "all of " + String.join(", ", wanted), command(missing))
        : Finding.ok("module", found, "needed with an RDMA device only");
  }

  private static String command(List<String> missing) {
    return "modprobe -a "
        + String.join(" ", missing)
        + " # and for the next boot: /etc/modules-load.d/rdma.conf";
  }

  private static List<Finding> files(Host host) {
    Machine machine = host.machine();
    if (!host.hasDevice()) {
      return List.of(
          machine.exists(FOLDER)
              ? Finding.ok("device file", FOLDER + " is there", "used with an RDMA device only")
              : Finding.ok("device file", "no " + FOLDER, "needed with an RDMA device only"));
    }
    List<String> needed =
        Stream.concat(
                Stream.of(FOLDER + "/rdma_cm"),
                machine.names("/sys/class/infiniband_verbs").stream()
                    .filter(name -> name.startsWith("uverbs"))
                    .map(name -> FOLDER + "/" + name))
            .toList();
    return needed.stream().map(file -> file(machine, file)).toList();
  }

  private static Finding file(Machine machine, String file) {
    if (!machine.exists(file)) {
      return Finding.problem(
          "device file",
          file + " is missing",
          "readable and writable",
          file.endsWith("rdma_cm")
              ? "modprobe rdma_ucm"
              : "modprobe ib_uverbs # in a container: --device=" + file);
    }
    return machine.isUsable(file)
        ? Finding.ok("device file", file + " can be opened")
        : Finding.problem(
            "device file",
            file + " cannot be opened by this user",
            "readable and writable",
            "chmod 0666 "
                + file
                + " # to last: echo 'KERNEL==\"uverbs*|rdma_cm\", MODE=\"0666\"' >"
                + " /etc/udev/rules.d/91-rdma.rules");
  }
}
