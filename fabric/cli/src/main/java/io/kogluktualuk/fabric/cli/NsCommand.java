package io.kogluktualuk.fabric.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kog ns`: what its subcommands have in common.
///
/// **Threading:** one thread.
@Command(
    name = "ns",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Namespaces: change a path, compare, look back.",
      "NS is the name of a root, or a REF. A root is changed in place, also while others change it;"
          + " of a REF a new tree is made, whose ref is printed. A name of 8 or more hex digits and"
          + " nothing else is taken for a REF."
    },
    footer = {
      "",
      "Example:",
      "  kog ns set releases/v1 /bin/sort file ./sort.wasm",
      "  kog ns set releases/v1 /out do /bin/sort /data/trades",
      "  kog ns mv releases/v1 /data/new /data/trades",
      "  kog ns rm releases/v1 /data/old",
      "  kog ns log releases/v1",
      "  kog ns diff 9c2e41aa releases/v1"
    })
final class NsCommand extends CommandGroup {

  @Mixin(name = "options")
  private final CommonOptions options;

  NsCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  /// The command with its subcommands.
  static CommandLine of(Terminal terminal) {
    return new CommandLine(new NsCommand(terminal))
        // What follows a program's path is the program's, even if it looks like an option.
        .addSubcommand(new CommandLine(new NsSetCommand(terminal)).setStopAtPositional(true))
        .addSubcommand(new NsRemoveCommand(terminal))
        .addSubcommand(new NsMoveCommand(terminal))
        .addSubcommand(new NsDiffCommand(terminal))
        .addSubcommand(new NsLogCommand(terminal));
  }
}
