package io.kogluktualuk.rdma.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether an adapter may write to files of the state folder, where arenas lie.
///
/// Since Linux 6.5 memory that an adapter writes to cannot be a mapping of a file whose file system
/// keeps track of changed pages; files in memory (tmpfs, hugetlbfs) can.
///
/// **Threading:** stateless.
final class ArenaCheck implements Check {

  private static final Pattern RELEASE =
      Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*", Pattern.DOTALL);

  @Override
  public List<Finding> look(Host host) {
    Path folder = host.need().stateFolder();
    String type = typeOf(host.machine(), folder);
    String found = folder + " is on " + type;
    if (!host.hasDevice() || isInMemory(type)) {
      return List.of(Finding.ok("arenas", found));
    }
    return List.of(
        forbidsFiles(host.machine())
            ? Finding.problem(
                "arenas",
                found + ": an adapter cannot write to its files",
                "tmpfs, on Linux 6.5 and later",
                "kog up --home /dev/shm/kog # or --verbs shared|tcp; lost when the host restarts")
            : Finding.ok("arenas", found, "tmpfs on Linux 6.5 and later; this one is older"));
  }

  private static boolean isInMemory(String type) {
    return type.equals("tmpfs") || type.equals("hugetlbfs") || type.equals("ramfs");
  }

  private static boolean forbidsFiles(Machine machine) {
    Matcher release = RELEASE.matcher(machine.textOr("/proc/sys/kernel/osrelease", ""));
    if (!release.matches()) {
      return false;
    }
    int major = Integer.parseInt(release.group(1));
    return major > 6 || major == 6 && Integer.parseInt(release.group(2)) >= 5;
  }

  /// The type of the innermost mount that holds the folder.
  private static String typeOf(Machine machine, Path folder) {
    String type = "a file system of unknown type";
    int depth = -1;
    for (String line : machine.lines("/proc/self/mounts")) {
      List<String> fields = new ArrayList<>(List.of(line.split(" ")));
      if (fields.size() < 3 || !fields.get(1).startsWith("/")) {
        continue;
      }
      Path mount = Path.of(fields.get(1).replace("\\040", " ").replace('\0', '?'));
      // A later mount on the same place hides the earlier one.
      if (folder.startsWith(mount) && mount.getNameCount() >= depth) {
        depth = mount.getNameCount();
        type = fields.get(2);
      }
    }
    return type;
  }
}
