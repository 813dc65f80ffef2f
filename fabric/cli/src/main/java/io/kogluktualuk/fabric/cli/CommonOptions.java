package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.client.Fabric;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What every command understands.
///
/// **Threading:** filled by picocli, then read by one thread.
final class CommonOptions {

  private final Terminal terminal;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description =
          "The state folder of the cluster. Default: KOG_HOME, or kogluktualuk under XDG_DATA_HOME,"
              + " or ~/.local/share/kogluktualuk.")
  private @Nullable Path home;

  @Option(
      names = "--control",
      paramLabel = "HOST:PORT",
      description = "Where the control plane answers; default: what the state folder says.")
  private @Nullable String control;

  @Option(names = "--json", description = "Print one JSON object instead of text; errors too.")
  private boolean json;

  @Option(names = "--verbose", description = "Show stack traces and the log on standard error.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  CommonOptions(Terminal terminal) {
    this.terminal = terminal;
  }

  Terminal terminal() {
    return terminal;
  }

  boolean isJson() {
    return json;
  }

  boolean isVerbose() {
    return verbose;
  }

  Path home() {
    return home == null
        ? StateFolder.standard(terminal.environment())
        : terminal.folder().resolve(home);
  }

  /// Connects to the running cluster.
  Fabric connect() {
    Logs.ofClient(verbose);
    ClientSettings settings = ClientSettings.DEFAULT;
    return control == null
        ? Fabric.connect(home(), settings)
        : Fabric.connect(ClusterFile.parseAddress(control), settings);
  }

  /// Prints the result of a command: text for people, or the same as JSON.
  void print(String text, Json asJson) {
    String shown = json ? asJson.toString() : text;
    if (!shown.isEmpty()) {
      terminal.line(shown);
    }
  }
}
