package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.rdma.doctor.Doctor;
import io.kogluktualuk.rdma.doctor.Finding;
import io.kogluktualuk.rdma.doctor.Need;
import io.kogluktualuk.rdma.doctor.SelfTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kog doctor`.
///
/// **Threading:** one thread.
@Command(
    name = "doctor",
    description = {
      "Look at what RDMA needs of this machine, and say what to do.",
      "Devices, ports, GIDs and MTU; kernel modules and device files; versions of the libraries;"
          + " limits (memlock, open files, control group) and capabilities; memory and huge"
          + " pages; NUMA and IOMMU; PFC, ECN and losses; shared memory between processes; which"
          + " provider of verbs a process gets, and why. Then a self-test: two processes connect"
          + " over shared memory, TCP and, with a device, native verbs, and do one operation of"
          + " each kind.",
      "Each finding is OK, a NOTE (works, but costs something, or would matter with a device) or"
          + " a PROBLEM. Below it: what is expected, and a command to copy. Nothing is changed."
          + " Works without root, which sees a little more, and without a device.",
      "Exits with 12 when there is a PROBLEM. With --json: an object with problems, notes and"
          + " findings, each with area, level, found, expected, do."
    },
    footer = {
      "",
      "Example:",
      "  kog doctor",
      "  kog doctor --brief --memory 64GiB --home /srv/kog",
      "  kog doctor --verbs native --json"
    })
final class DoctorCommand implements Callable<Integer> {

  /// Arenas, connections from a hundred or so peers, the control plane's log.
  private static final long OPEN_FILES = 4096;

  @Mixin(name = "options")
  private final CommonOptions options;

  @Option(names = "--brief", description = "Show notes and problems only.")
  private boolean brief;

  @Option(names = "--no-self-test", description = "Only look; start no processes.")
  private boolean noSelfTest;

  @Option(
      names = "--memory-nodes",
      paramLabel = "N",
      description = "How many memory nodes this machine is to have. Default: 2.")
  private @Nullable Integer memoryNodes;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "How much each memory node may hold. Default: 32GiB.")
  private @Nullable String memory;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long each part of the self-test may take. Default: 60s.")
  private String timeout = "60s";

  DoctorCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    String wanted = options.verbs();
    Duration patience = LimitOptions.time(timeout);
    List<Finding> findings = new ArrayList<>(Doctor.ofThisMachine().examine(need()));
    if (!noSelfTest) {
      SelfTest test = new SelfTest(patience);
      findings.addAll(test.inspect(wanted));
      findings.addAll(test.run(wanted, this::progress));
    }
    DoctorText text = new DoctorText(findings, brief, options.terminal().hasColours());
    options.print(text.table(), text.json());
    return (text.problems() == 0 ? ExitCode.OK : ExitCode.PROBLEMS).code();
  }

  private Need need() {
    ClusterSettings standard = ClusterSettings.of(options.home());
    ClusterSettings asked =
        standard.withMemory(
            memoryNodes == null ? standard.memoryNodes() : memoryNodes,
            memory == null ? standard.memoryCapacity() : ByteCount.parse(memory));
    return new Need(
        asked.memoryNodes() * asked.memoryCapacity().bytes(), OPEN_FILES, asked.folder());
  }

  private void progress(String line) {
    if (options.terminal().isErrTerminal()) {
      options.terminal().err().println(line + "…");
    }
  }
}
