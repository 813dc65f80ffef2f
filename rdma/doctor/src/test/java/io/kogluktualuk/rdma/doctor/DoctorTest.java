package io.kogluktualuk.rdma.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.rdma.doctor.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

  private static final Need TWO_NODES = new Need(64L << 30, 4096, Path.of("/srv/kog"));

  @TempDir private Path root = Path.of("set by JUnit");

  private List<Finding> examine(String name, Need need, Programs programs) throws IOException {
    Path tree = root.resolve(name);
    Machine machine = new Machine(RecordedMachine.unpack(name, tree));
    return new Doctor(machine, Doctor.checks(programs)).examine(need);
  }

  private static Finding one(List<Finding> findings, String area, String part) {
    List<Finding> matching =
        findings.stream()
            .filter(finding -> finding.area().equals(area) && finding.found().contains(part))
            .toList();
    assertEquals(1, matching.size(), area + " with '" + part + "' in " + text(findings));
    return matching.getFirst();
  }

  private static String text(List<Finding> findings) {
    return findings.stream().map(Finding::toString).collect(Collectors.joining("\n"));
  }

  private static void assertFinding(
      List<Finding> findings, Level level, String area, String part, String action) {
    Finding finding = one(findings, area, part);
    assertEquals(level, finding.level(), finding.toString());
    if (action.isEmpty()) {
      assertEquals(null, finding.action(), finding.toString());
    } else {
      assertTrue(String.valueOf(finding.action()).contains(action), finding.toString());
    }
  }

  @Test
  void anAdapterThatIsHalfSetUpHasItsProblemsNamed() throws IOException {
    List<Finding> found =
        examine("connectx", TWO_NODES, _ -> "prio-pfc 0:off 1:off 2:off 3:on 4:off");
    assertFinding(
        found,
        Level.OK,
        "device",
        "mlx5_0: MT4123, firmware 20.31.1014, node 0c42:a103:00de:77b0, driver mlx5_core",
        "");
    assertFinding(
        found,
        Level.OK,
        "port",
        "mlx5_0/1: ACTIVE (LinkUp), 100 Gb/sec (4X EDR), RoCE on enp59s0f0",
        "");
    assertFinding(found, Level.NOTE, "port", "mlx5_1/1: INIT", "opensm");
    assertFinding(
        found,
        Level.OK,
        "gid",
        "mlx5_0/1: RoCE v2 192.168.7.1 (index 3) on enp59s0f0; 2 RoCE v1",
        "");
    assertFinding(
        found, Level.NOTE, "mtu", "packets carry 1024 bytes", "ip link set enp59s0f0 mtu 9000");
    assertFinding(found, Level.PROBLEM, "module", "not loaded: rdma_ucm", "modprobe -a rdma_ucm");
    assertFinding(found, Level.OK, "device file", "/dev/infiniband/rdma_cm can be opened", "");
    assertFinding(
        found, Level.PROBLEM, "device file", "/dev/infiniband/uverbs0 is missing", "ib_uverbs");
    assertFinding(found, Level.OK, "library", "libibverbs.so.1.14.50.0", "");
    assertFinding(found, Level.OK, "library", "drivers of libibverbs: mlx5 rxe", "");
    assertFinding(found, Level.PROBLEM, "memlock", "64.0 MiB (hard limit unlimited)", "ulimit -l");
    assertFinding(found, Level.OK, "open files", "1024 (hard limit 1048576)", "");
    assertFinding(found, Level.NOTE, "cgroup", "mlx5_0 hca_handle=2", "hca_handle=max");
    assertFinding(found, Level.OK, "memory", "251.6 GiB", "");
    assertFinding(found, Level.OK, "huge pages", "1024 of 2.0 MiB reserved, 1000 free", "");
    assertFinding(found, Level.NOTE, "huge pages", "transparent: never", "echo madvise");
    assertFinding(found, Level.PROBLEM, "arenas", "/srv/kog is on ext4", "/dev/shm");
    assertFinding(
        found,
        Level.NOTE,
        "numa",
        "mlx5_0 is on node 1 (16 cores); this process may use 32 cores, 16 of them there",
        "numactl --cpunodebind=1");
    assertFinding(found, Level.NOTE, "iommu", "translates", "iommu=pt");
    assertFinding(
        found, Level.NOTE, "ecn", "notifies on priorities 3, reacts on none", "roce_rp/enable/3");
    assertFinding(found, Level.OK, "traffic class", "TOS 106, RoCE v2", "");
    assertFinding(found, Level.OK, "pfc", "3:on", "");
    assertFinding(found, Level.NOTE, "loss", "out_of_sequence 1714", "rdma statistic");
    assertFinding(found, Level.OK, "congestion", "mlx5_1/1: InfiniBand", "");
    assertFinding(found, Level.NOTE, "shared memory", "hidepid", "remount");
    assertFinding(found, Level.OK, "shared memory", "ptrace_scope 1", "");
  }

  @Test
  void softRoceInAGuestHasNoProblem() throws IOException {
    List<Finding> found = examine("rxe", new Need(1L << 30, 4096, Path.of("/tmp/kog")), _ -> null);
    assertTrue(found.stream().noneMatch(f -> f.level() == Level.PROBLEM), text(found));
    assertFinding(
        found,
        Level.OK,
        "device",
        "rxe0: Soft-RoCE, node 5054:00ff:fe12:3456, driver rdma_rxe",
        "");
    assertFinding(found, Level.OK, "gid", "RoCE v2 10.77.0.1 (index 1) on dummy0; 0 RoCE v1", "");
    assertFinding(found, Level.OK, "mtu", "packets carry 4096 bytes, as dummy0 has MTU 4200", "");
    assertFinding(found, Level.OK, "memlock", "unlimited", "");
    assertFinding(found, Level.OK, "congestion", "Soft-RoCE", "");
    assertFinding(found, Level.OK, "arenas", "/tmp/kog is on tmpfs", "");
    assertFinding(found, Level.OK, "module", "loaded: ib_core, ib_uverbs, rdma_cm, rdma_rxe", "");
  }

  @Test
  void moreThanTheMemoryCannotBeLocked() throws IOException {
    List<Finding> found = examine("rxe", TWO_NODES, _ -> null);
    assertFinding(found, Level.PROBLEM, "memory", "1.9 GiB of memory", "kog up --memory 1GiB");
  }

  @Test
  void aMachineWithoutADeviceHasNotesOnly() throws IOException {
    List<Finding> found = examine("laptop", TWO_NODES, _ -> null);
    assertTrue(found.stream().noneMatch(f -> f.level() == Level.PROBLEM), text(found));
    assertFinding(found, Level.NOTE, "device", "no RDMA device", "modprobe rdma_rxe");
    assertFinding(found, Level.NOTE, "memlock", "8.0 MiB (hard limit 8.0 MiB)", "limits.d");
    assertFinding(found, Level.OK, "memory", "less than the capacity", "");
    assertFinding(found, Level.NOTE, "library", "libibverbs.so.1 is not", "apt-get install");
    assertFinding(found, Level.NOTE, "shared memory", "namespace of its own", "--pid");
    assertFinding(found, Level.OK, "device file", "no /dev/infiniband", "");
  }

  @Test
  void everyNoteAndProblemSaysWhatToDo() throws IOException {
    for (String name : List.of("connectx", "rxe", "laptop")) {
      for (Finding finding : examine(name, TWO_NODES, _ -> null)) {
        boolean isFine = finding.level() == Level.OK;
        assertEquals(isFine, finding.action() == null, name + ": " + finding);
        assertFalse(finding.found().contains("null"), name + ": " + finding);
      }
    }
  }

  @Test
  void anEmptyRootIsNoReasonToFail() {
    Machine machine = new Machine(root.resolve("nothing"));
    List<Finding> found = new Doctor(machine, Doctor.checks(_ -> null)).examine(TWO_NODES);
    assertNotNull(one(found, "device", "no RDMA device"));
    assertTrue(found.stream().noneMatch(f -> f.area().equals("doctor")), text(found));
  }

  @Test
  void filesWithNonsenseAreNoReasonToFail() throws IOException {
    RecordedMachine.unpack("connectx", root);
    List<Path> files;
    try (var all = Files.walk(root)) {
      files = all.filter(path -> Files.isRegularFile(path)).toList();
    }
    for (String nonsense : List.of("", "\0\u00ff: -1\n[", ":::::\n".repeat(100), "9".repeat(40))) {
      for (Path file : files) {
        Files.writeString(file, nonsense);
      }
      Machine machine = new Machine(root);
      List<Finding> found = new Doctor(machine, Doctor.checks(_ -> nonsense)).examine(TWO_NODES);
      assertTrue(found.stream().noneMatch(f -> f.area().equals("doctor")), text(found));
    }
  }

  @Test
  void whatCannotBeReadIsAFinding() throws IOException {
    RecordedMachine.unpack("laptop", root);
    Path meminfo = root.resolve("proc/meminfo");
    Files.delete(meminfo);
    // A folder where a file should be cannot be read, even by root.
    Files.createDirectory(meminfo);
    List<Finding> found =
        new Doctor(new Machine(root), Doctor.checks(_ -> null)).examine(TWO_NODES);
    assertFinding(found, Level.NOTE, "unreadable", "/proc/meminfo: ", "sudo kog doctor");
  }

  @Test
  void aCheckThatFailsIsAFinding() {
    Check broken =
        _ -> {
          throw new IllegalStateException("unforeseen");
        };
    List<Finding> found = new Doctor(new Machine(root), List.of(broken)).examine(TWO_NODES);
    assertEquals(Level.PROBLEM, one(found, "doctor", "unforeseen").level());
  }

  @Test
  void thisMachineIsExaminedWithoutAFault() {
    List<Finding> found = Doctor.ofThisMachine().examine(TWO_NODES);
    assertTrue(found.size() > 10, text(found));
    assertTrue(found.stream().noneMatch(f -> f.area().equals("doctor")), text(found));
  }
}
