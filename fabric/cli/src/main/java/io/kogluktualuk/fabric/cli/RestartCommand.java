package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.client.operator.Patience;
import io.kogluktualuk.fabric.client.operator.RollingRestart;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.node.ProcessesFile;
import io.kogluktualuk.fabric.node.config.NodeRole;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog restart`.
///
/// **Threading:** one thread.
@Command(
    name = "restart",
    description = {
      "Restart nodes that 'kog up' runs as processes of their own, one after another, so that no"
          + " request fails.",
      "A control node hands over before, a compute node finishes what runs; the next node waits"
          + " until this one is back."
    },
    footer = {"", "Example:", "  kog restart --rolling", "  kog restart memory-2"})
final class RestartCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "NODE", arity = "0..*", description = "The names of the nodes.")
  private List<String> names = List.of();

  @Option(names = "--rolling", description = "All nodes: control, memory, then compute nodes.")
  private boolean rolling;

  @Mixin(name = "timeout")
  private final TimeoutOption timeout = new TimeoutOption("2m");

  RestartCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() throws InterruptedException {
    if (rolling == !names.isEmpty()) {
      throw new InvalidArgument("expected either names of nodes or --rolling");
    }
    Path home = options.home();
    ProcessesFile processes = ProcessesFile.read(home);
    if (!processes.restarts()) {
      throw new Conflict("the cluster was started with --no-restart");
    }
    List<String> all = rolling ? inOrder(processes) : names;
    all.forEach(name -> entry(processes, name));
    Patience patience = timeout.patience();
    try (Fabric fabric = options.connect()) {
      new RollingRestart(
              Operator.of(fabric), name -> restart(home, name, patience), patience, options::tell)
          .run(all);
    }
    options.print(all.size() + " nodes restarted", new Json().with("restarted", all));
    return ExitCode.OK.code();
  }

  private static List<String> inOrder(ProcessesFile processes) {
    return Arrays.stream(NodeRole.values())
        .flatMap(
            role ->
                processes.nodes().keySet().stream()
                    .filter(name -> name.startsWith(role.word() + "-"))
                    .sorted())
        .toList();
  }

  private static ProcessesFile.Entry entry(ProcessesFile processes, String name) {
    ProcessesFile.Entry entry = processes.nodes().get(name);
    if (entry == null) {
      throw new NotFound(
          "no node is called '" + name + "'; there are " + String.join(", ", inOrder(processes)));
    }
    return entry;
  }

  /// Ends the process in order; whoever watches it starts it again.
  private static void restart(Path home, String name, Patience patience)
      throws InterruptedException {
    long former = entry(ProcessesFile.read(home), name).pid();
    ProcessHandle.of(former).ifPresent(ProcessHandle::destroy);
    patience.until(
        () -> {
          ProcessesFile.Entry now = entry(ProcessesFile.read(home), name);
          return now.pid() != former && now.isReady();
        },
        () ->
            name
                + " is not back within "
                + patience.within().toSeconds()
                + " s; see its log in "
                + home.resolve(name));
  }
}
