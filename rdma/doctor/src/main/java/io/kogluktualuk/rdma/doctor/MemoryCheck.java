package io.kogluktualuk.rdma.doctor;

import io.kogluktualuk.fabric.units.ByteCount;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How much memory there is, and in which pages.
///
/// **Threading:** stateless.
final class MemoryCheck implements Check {

  private static final String THP = "/sys/kernel/mm/transparent_hugepage/";
  private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)]");

  @Override
  public List<Finding> look(Host host) {
    List<Finding> findings = new ArrayList<>();
    findings.add(capacity(host));
    findings.add(hugePages(host.machine()));
    findings.add(transparent(host.machine()));
    return findings;
  }

  private static Finding capacity(Host host) {
    long total = meminfo(host.machine(), "MemTotal") << 10;
    String found = new ByteCount(total) + " of memory";
    long need = host.need().lockedBytes();
    if (total == 0) {
      return Finding.note("memory", "how much there is is not known", "", "free -h");
    }
    if (total >= need) {
      return Finding.ok("memory", found, new ByteCount(need) + " for the configured capacity");
    }
    if (!host.hasDevice()) {
      return Finding.ok(
          "memory", found + ", less than the capacity", "enough: files back it, nothing is locked");
    }
    return Finding.problem(
        "memory",
        found,
        new ByteCount(need) + ": what an adapter has registered stays in memory",
        "kog up --memory "
            + Math.max(1, total / 4 >> 30)
            + "GiB # and the same for: kog doctor --memory");
  }

  private static Finding hugePages(Machine machine) {
    long total = meminfo(machine, "HugePages_Total");
    String size = new ByteCount(meminfo(machine, "Hugepagesize") << 10).toString();
    return Finding.ok(
        "huge pages",
        total == 0
            ? "none of " + size + " reserved"
            : "%d of %s reserved, %d free"
                .formatted(total, size, meminfo(machine, "HugePages_Free")),
        "none needed: arenas are mapped files");
  }

  private static Finding transparent(Machine machine) {
    String anonymous = chosen(machine, "enabled");
    String found =
        "transparent: " + anonymous + ", of shared memory: " + chosen(machine, "shmem_enabled");
    return anonymous.equals("never")
        ? Finding.note(
            "huge pages",
            found,
            "madvise or always: the Java heap and an adapter's address tables gain",
            "echo madvise > " + THP + "enabled")
        : Finding.ok("huge pages", found);
  }

  private static String chosen(Machine machine, String name) {
    Matcher matcher = CHOSEN.matcher(machine.textOr(THP + name, ""));
    return matcher.find() ? matcher.group(1) : "unknown";
  }

  /// A row of `/proc/meminfo`: KiB, or a count; 0 when it is not there.
  private static long meminfo(Machine machine, String key) {
    for (String line : machine.lines("/proc/meminfo")) {
      if (line.startsWith(key + ":")) {
        String digits = line.replaceAll("\\D", "");
        // "Hugepagesize" and its like have no digits in their names, and no value has 16.
        return digits.isEmpty() || digits.length() > 15 ? 0 : Long.parseLong(digits);
      }
    }
    return 0;
  }
}
