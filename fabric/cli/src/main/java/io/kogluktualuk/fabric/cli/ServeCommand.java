package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.node.config.ConfigFile;
import io.kogluktualuk.fabric.node.config.ConfigText;
import io.kogluktualuk.fabric.node.config.Loaded;
import io.kogluktualuk.fabric.node.config.NodeConfig;
import io.kogluktualuk.fabric.node.config.NodeRole;
import io.kogluktualuk.fabric.node.config.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog serve`.
///
/// **Threading:** one thread; the process's shutdown stops the node.
@Command(
    name = "serve",
    description = {
      "Run one node, in the foreground, as its configuration file says.",
      "SIGTERM and Ctrl-C stop it in order. It starts in any order with the others."
    },
    footer = {
      "",
      "Example:",
      "  kog serve --reference memory > memory-1.conf",
      "  kog serve --check memory-1.conf",
      "  kog serve memory-1.conf"
    })
final class ServeCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", arity = "0..1", description = "The node's configuration, HOCON.")
  private @Nullable Path file;

  @Option(names = "--check", description = "Only say whether the file is right.")
  private boolean check;

  @Option(
      names = "--print-config",
      description = "Only print what is in effect, and where each value comes from.")
  private boolean printConfig;

  @Option(
      names = "--reference",
      paramLabel = "ROLE",
      description = "Only print all keys of a control, memory or compute node, with defaults.")
  private @Nullable String reference;

  @Option(
      names = "--until-input-ends",
      description = "Stop, in order, when standard input ends: with whoever started the node.")
  private boolean untilInputEnds;

  @Option(names = "--json", description = "Say what happens in JSON, one object a line.")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  ServeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (reference != null) {
      terminal.write(ConfigText.reference(role(reference)).getBytes(StandardCharsets.UTF_8));
      return ExitCode.OK.code();
    }
    if (file == null) {
      throw new InvalidArgument("expected a configuration file");
    }
    return switch (ConfigFile.load(terminal.folder().resolve(file), terminal.environment())) {
      case Loaded.Invalid(List<Problem> problems) -> refused(problems);
      case Loaded.Valid(NodeConfig config, String effective) -> accepted(config, effective);
    };
  }

  private int accepted(NodeConfig config, String effective) throws InterruptedException {
    if (printConfig) {
      terminal.write(effective.getBytes(StandardCharsets.UTF_8));
    } else if (check) {
      terminal.line("the configuration of " + config.shared().name() + " is right");
    } else {
      new Serving(config, terminal, json).run(untilInputEnds);
    }
    return ExitCode.OK.code();
  }

  private int refused(List<Problem> problems) {
    if (json) {
      List<Json> all =
          problems.stream()
              .map(
                  problem ->
                      new Json()
                          .with("where", problem.where())
                          .with("key", problem.key())
                          .with("expected", problem.expected())
                          .with("found", problem.found()))
              .toList();
      terminal.err().println(new Json().with("problems", all).toLine());
    } else {
      problems.forEach(problem -> terminal.err().println("kog: " + problem));
    }
    return ExitCode.USAGE.code();
  }

  private static NodeRole role(String word) {
    return Arrays.stream(NodeRole.values())
        .filter(role -> role.word().equals(word))
        .findFirst()
        .orElseThrow(
            () -> new InvalidArgument("--reference is control, memory or compute, not " + word));
  }
}
