package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.fault.FabricException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// Says what went wrong in one line, with a hint where there is one, and as which exit code.
///
/// @param hint what to do about it; null when nothing general can be said
record FailureReport(ExitCode exit, String message, @Nullable String hint) {

  static FailureReport of(Throwable thrown) {
    return switch (thrown) {
      case FabricException fault -> {
        ExitCode exit = ExitCode.of(fault);
        yield new FailureReport(exit, oneLine(fault.getMessage(), fault), hintFor(exit));
      }
      case Terminal.BrokenPipe pipe -> ofOutput(pipe);
      case UncheckedIOException wrapped ->
          new FailureReport(ExitCode.INTERNAL, oneLine(wrapped.getMessage(), wrapped), null);
      case OutOfMemoryError error ->
          new FailureReport(
              ExitCode.OUT_OF_SPACE,
              "this process ran out of memory: " + error.getMessage(),
              "KOG_JVM_OPTIONS=-Xmx4g gives it more");
      default ->
          new FailureReport(
              ExitCode.INTERNAL,
              oneLine(thrown.getClass().getSimpleName() + ": " + thrown.getMessage(), thrown),
              "this is a fault of kog itself; --verbose shows where");
    };
  }

  /// Writing standard output failed: mostly because its reader went away.
  private static FailureReport ofOutput(Terminal.BrokenPipe pipe) {
    String reason =
        String.valueOf(pipe.getCause() instanceof IOException e ? e.getMessage() : pipe);
    if (reason.contains("Broken pipe") || reason.contains("closed")) {
      return new FailureReport(ExitCode.BROKEN_PIPE, "", null);
    }
    ExitCode exit = reason.contains("No space") ? ExitCode.OUT_OF_SPACE : ExitCode.INTERNAL;
    return new FailureReport(exit, "standard output cannot be written: " + reason, null);
  }

  void print(Terminal terminal, boolean asJson) {
    if (exit == ExitCode.BROKEN_PIPE) {
      return; // nobody is interested any more, as with any other filter
    }
    if (asJson) {
      terminal.err().println(toJson().toLine());
      return;
    }
    terminal.err().println("kog: " + message);
    if (hint != null) {
      terminal.err().println("kog: hint: " + hint);
    }
  }

  Json toJson() {
    return new Json()
        .with("error", exit.word())
        .with("exit", exit.code())
        .with("message", message)
        .with("hint", hint);
  }

  private static @Nullable String hintFor(ExitCode exit) {
    return switch (exit) {
      case UNAVAILABLE -> "'kog up' starts a cluster, 'kog status' shows how it is";
      case OUT_OF_SPACE -> "'kog status' shows how full the memory nodes are";
      case CORRUPTION -> "the copy was not used; 'kog status' shows the nodes, their logs say more";
      case DEADLINE -> "the cluster may be busy: 'kog status' shows; --timeout allows more";
      default -> null;
    };
  }

  private static String oneLine(@Nullable String message, Throwable thrown) {
    return message == null ? thrown.getClass().getSimpleName() : message.strip().replace('\n', ' ');
  }
}
