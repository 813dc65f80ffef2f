package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ContentStream;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RunResult;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.client.operator.Verification;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog run`.
///
/// **Threading:** one thread.
@Command(
    name = "run",
    customSynopsis = "kog run [OPTION]... [--] PROGRAM [ARG]...",
    description = {
      "Run a program over a namespace, or find its outcome if it ran before; print the ref of its"
          + " output.",
      "A namespace file binds one path a line: 'PATH file LOCAL', 'PATH blob|list|tree HASH' or"
          + " 'PATH do PROGRAM ARG…'. What the program writes to standard error goes to standard"
          + " error. Interrupting the command cancels the run."
    },
    footer = {
      "",
      "Example:",
      "  kog run --namespace sort.kog -- /bin/sort /data/july-trades",
      "  kog run -n 9c2e41aa --fuel 10G --timeout 30s --cat -- /bin/wc /data"
    })
final class RunCommand implements Callable<Integer> {

  private static final String DEFAULT_FILE = "kog.namespace";

  @Mixin(name = "options")
  private final CommonOptions options;

  @Mixin private LimitOptions limits = new LimitOptions();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "FILE|REF",
      description = "What the program sees: a namespace file, or a tree. Default: ./kog.namespace.")
  private String namespace = DEFAULT_FILE;

  @Option(names = "--cat", description = "Write the output's content instead of its ref.")
  private boolean cat;

  @Option(
      names = "--verify",
      paramLabel = "N",
      description =
          "Have N other compute nodes run it and all its subtransactions again, and compare; exit"
              + " with 7 when they differ.")
  private int verify;

  @Parameters(
      arity = "1..*",
      paramLabel = "PROGRAM ARG",
      description = "The program's path in the namespace, and its arguments.")
  private List<String> argv = List.of();

  RunCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    if (cat && options.isJson()) {
      throw new InvalidArgument("--cat and --json exclude each other: both write standard output");
    }
    if (verify < 0) {
      throw new InvalidArgument("--verify: expected a number of nodes, found " + verify);
    }
    Limits allowed = limits.limits();
    Duration timeout = limits.timeout();
    try (Fabric fabric = options.connect()) {
      Transaction transaction = Transaction.of(namespace(fabric), argv, allowed);
      Verification verification = run(fabric, transaction, timeout);
      RunResult result = verification.result();
      Outcome outcome = result.report().outcome();
      ExitCode exit = ExitCode.of(outcome.ending());
      RunText.printDiagnostics(options, fabric, outcome);
      if (exit == ExitCode.OK && cat) {
        try (ContentStream stream = fabric.open(outcome.output())) {
          options.terminal().copy(stream);
        }
      } else {
        options.print(
            exit == ExitCode.OK ? outcome.output().toString() : "", RunText.json(verification));
      }
      if (verify > 0 && !options.isJson()) {
        options.terminal().err().println(RunText.verified(verification));
      }
      if (exit != ExitCode.OK && !options.isJson()) {
        options.terminal().err().println(RunText.failure(transaction, result));
      }
      return (verification.isVerified() ? exit : ExitCode.CONFLICT).code();
    }
  }

  private Verification run(Fabric fabric, Transaction transaction, Duration timeout) {
    // Ctrl-C ends the process by way of its shutdown hooks.
    Thread cancellation = new Thread(Operator.of(fabric)::cancelRuns, "kog-cancel");
    Runtime.getRuntime().addShutdownHook(cancellation);
    Terminal terminal = options.terminal();
    RunView.Mode elsewhere = RunView.Mode.NONE;
    try (RunView view = RunView.open(terminal, String.join(" ", argv), elsewhere)) {
      return verify == 0
          ? new Verification(fabric.run(transaction, timeout, view), "", List.of())
          : Operator.of(fabric).verify(transaction, verify, timeout, view);
    } finally {
      Interrupts.forget(cancellation);
    }
  }

  private Ref namespace(Fabric fabric) {
    Path file = options.terminal().folder().resolve(namespace);
    return Files.exists(file) || namespace.equals(DEFAULT_FILE)
        ? fabric.trees().load(file)
        : namespaceRef(fabric);
  }

  private Ref namespaceRef(Fabric fabric) {
    try {
      return TreePath.find(fabric, namespace);
    } catch (InvalidArgument e) {
      throw new InvalidArgument(
          "--namespace: '" + namespace + "' is neither a file nor a ref: " + e.getMessage(), e);
    }
  }
}
