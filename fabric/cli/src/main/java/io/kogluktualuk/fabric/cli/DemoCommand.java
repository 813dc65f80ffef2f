package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.demo.Act;
import io.kogluktualuk.fabric.demo.Demo;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kog demo`.
///
/// **Threading:** one thread; the process's shutdown stops the cluster and removes its folder.
@Command(
    name = "demo",
    description = {
      "Sort trades on a whole small fabric, in three acts: cold, again, one record changed.",
      "Starts a control node, two memory nodes and two compute nodes of its own. Each output is"
          + " compared with that of the platform's 'sort'; a difference ends in status 8."
    },
    footer = {
      "",
      "Example:",
      "  kog demo",
      "  kog demo --records 5000000",
      "  kog demo --input /var/log/syslog",
      "  kog demo pipeline"
    })
final class DemoCommand implements Callable<Integer> {

  private static final long RECORDS_MAX = 1_000_000_000;

  @Mixin(name = "options")
  private final CommonOptions options;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Sort the lines of this file instead of made-up trades.")
  private @Nullable Path input;

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "How many trades to make up, of about 56 bytes. Default: 1000000.")
  private long records = 1_000_000;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description =
          "Where the demo's cluster keeps its state, five times the input; removed at the end."
              + " Default: a new folder under the directory for temporary files.")
  private @Nullable Path folder;

  private DemoCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  /// The command with its subcommands.
  static CommandLine of(Terminal terminal) {
    return new CommandLine(new DemoCommand(terminal))
        .addSubcommand(new DemoPipelineCommand(terminal))
        .addSubcommand(new DemoStageCommand(terminal));
  }

  @Override
  public Integer call() throws IOException {
    Path file = input == null ? null : options.terminal().folder().resolve(input);
    check(file);
    options.chooseVerbs();
    try (ScratchFolder scratch = ScratchFolder.create("kog-demo", folder)) {
      Logs.ofServers(scratch.path(), options.isVerbose());
      DemoView view = new DemoView(options);
      try (EmbeddedCluster cluster = EmbeddedCluster.open(ClusterSettings.of(scratch.path()));
          Fabric fabric = Fabric.connect(cluster.control(), ClientSettings.DEFAULT)) {
        scratch.onRemoval(cluster::close);
        view.onCluster(cluster);
        Demo demo = new Demo(fabric, view);
        List<Act> acts = file == null ? demo.play(records) : demo.play(file);
        return view.onEnd(acts).code();
      }
    }
  }

  private void check(@Nullable Path file) {
    if (file != null && !Files.isRegularFile(file)) {
      throw new NotFound("file " + file + " does not exist, or is not a regular file");
    }
    if (records < 1 || records > RECORDS_MAX) {
      throw new InvalidArgument("--records: expected 1 to " + RECORDS_MAX + ", found " + records);
    }
  }
}
