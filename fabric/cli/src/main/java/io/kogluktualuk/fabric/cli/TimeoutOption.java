package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.operator.Patience;
import java.time.Duration;
import picocli.CommandLine.Option;

/// `--timeout` of a command that waits for nodes.
///
/// **Threading:** filled by picocli, then read by one thread.
final class TimeoutOption {

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description =
          "How long to wait, for each node if there are several. Default: ${DEFAULT-VALUE}.")
  private String timeout;

  /// @param standard when nothing is said
  TimeoutOption(String standard) {
    timeout = standard;
  }

  Duration duration() {
    return LimitOptions.time(timeout);
  }

  Patience patience() {
    return new Patience(duration());
  }

  /// As it was given, for messages.
  @Override
  public String toString() {
    return timeout;
  }
}
