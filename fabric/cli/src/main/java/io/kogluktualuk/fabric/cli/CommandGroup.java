package io.kogluktualuk.fabric.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A command that only has subcommands: alone it shows its help, which lists them.
///
/// Whoever asks for JSON is a program and has forgotten something: that is refused.
///
/// **Threading:** one thread.
abstract class CommandGroup implements Runnable {

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  CommandGroup() {}

  @Override
  public final void run() {
    CommandLine command = spec.commandLine();
    CommonOptions options = CommonOptions.of(spec);
    if (options != null && options.isJson()) {
      String names = String.join(", ", spec.subcommands().keySet());
      throw new ParameterException(command, "expected a command, one of: " + names);
    }
    command.usage(command.getOut());
  }
}
