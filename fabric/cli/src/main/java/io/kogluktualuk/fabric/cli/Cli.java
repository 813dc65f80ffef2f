package io.kogluktualuk.fabric.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParseResult;

/// Puts the commands together and runs one.
///
/// **Threading:** stateless.
final class Cli {

  private Cli() {}

  /// Runs the command that the arguments ask for; returns the exit status.
  static int run(Terminal terminal, String... args) {
    try {
      int exit = commandLine(terminal).execute(args);
      terminal.flush();
      return exit;
    } catch (Terminal.BrokenPipe e) {
      FailureReport report = FailureReport.of(e);
      report.print(terminal, false);
      return report.exit().code();
    }
  }

  static CommandLine commandLine(Terminal terminal) {
    CommandLine top = new CommandLine(new KogCommand());
    commands(terminal).forEach(command -> top.addSubcommand(command));
    top.addSubcommand(new WarmUpCommand(terminal));
    top.setOut(new PrintWriter(new FlushingWriter(terminal), true));
    top.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
    top.setExecutionStrategy(Cli::runLast);
    top.setExecutionExceptionHandler(failed(terminal));
    top.setParameterExceptionHandler(wrongArguments(terminal));
    top.setUsageHelpAutoWidth(false);
    top.setExitCodeExceptionMapper(thrown -> FailureReport.of(thrown).exit().code());
    document(top);
    return top;
  }

  private static List<Object> commands(Terminal terminal) {
    return List.of(
        new UpCommand(terminal),
        new DownCommand(terminal),
        new ServeCommand(terminal),
        new DrainCommand(terminal),
        new ForgetCommand(terminal),
        new RestartCommand(terminal),
        new StatusCommand(terminal),
        new PutCommand(terminal),
        new GetCommand(terminal),
        new LsCommand(terminal),
        new StatCommand(terminal),
        new ImportCommand(terminal),
        new ExportCommand(terminal),
        // What follows a program's path is the program's, even if it looks like an option.
        new CommandLine(new RunCommand(terminal)).setStopAtPositional(true),
        new ExplainCommand(terminal),
        RootCommand.of(terminal),
        NsCommand.of(terminal),
        new GcCommand(terminal),
        CreditsCommand.of(terminal),
        new LeasesCommand(terminal),
        AuditCommand.of(terminal),
        PipelineCommand.of(terminal),
        DemoCommand.of(terminal),
        new BenchCommand(terminal),
        CaCommand.of(terminal),
        ControlCommand.of(terminal),
        new DoctorCommand(terminal),
        new FsckCommand(terminal),
        new NewProgramCommand(terminal),
        new VersionCommand(terminal));
  }

  /// The exit codes stand in one place and appear in every help.
  private static void document(CommandLine top) {
    List<CommandLine> all = new ArrayList<>(top.getSubcommands().values());
    all.add(top);
    top.getSubcommands().values().forEach(each -> all.addAll(each.getSubcommands().values()));
    for (CommandLine command : all) {
      command
          .getCommandSpec()
          .usageMessage()
          .exitCodeListHeading("%nExit codes:%n")
          .exitCodeList(ExitCode.listed());
    }
  }

  /// Common options before a subcommand's name count for the subcommand.
  private static int runLast(ParseResult parsed) {
    CommonOptions outer = null;
    ParseResult at = parsed;
    while (at != null) {
      CommonOptions own = CommonOptions.of(at.commandSpec());
      if (own != null && outer != null) {
        own.inherit(outer);
      }
      outer = own == null ? outer : own;
      at = at.hasSubcommand() ? at.subcommand() : null;
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static IExecutionExceptionHandler failed(Terminal terminal) {
    return (thrown, command, _) -> {
      CommonOptions options = optionsOf(command, terminal);
      FailureReport report = FailureReport.of(thrown);
      report.print(terminal, options.isJson());
      if (options.isVerbose()) {
        thrown.printStackTrace(terminal.err());
      }
      return report.exit().code();
    };
  }

  private static IParameterExceptionHandler wrongArguments(Terminal terminal) {
    return (thrown, args) -> {
      String name = thrown.getCommandLine().getCommandSpec().qualifiedName();
      String message = String.valueOf(thrown.getMessage()).replace('\n', ' ');
      new FailureReport(ExitCode.USAGE, message, "'" + name + " --help' shows how it is used")
          .print(terminal, List.of(args).contains("--json"));
      return ExitCode.USAGE.code();
    };
  }

  private static CommonOptions optionsOf(CommandLine command, Terminal terminal) {
    CommonOptions options = CommonOptions.of(command.getCommandSpec());
    return options == null ? new CommonOptions(terminal) : options;
  }
}
