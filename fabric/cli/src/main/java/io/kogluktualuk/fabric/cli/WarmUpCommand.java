package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `kog warm-up`: what the launcher runs once after a build, to learn which classes it takes to
/// start, to serve and to be a client.
///
/// **Threading:** one thread.
@Command(name = "warm-up", hidden = true, description = "Used by the launcher after a build.")
final class WarmUpCommand implements Callable<Integer> {

  /// Longer than one chunk, so that lists are part of it.
  private static final int CONTENT_BYTES = 5 << 20;

  private final Terminal terminal;

  @Parameters(paramLabel = "DIR", description = "A folder for a cluster that is thrown away.")
  private Path folder = Path.of("");

  WarmUpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path home = terminal.folder().resolve(folder).resolve("warm-up");
    run(home, "--help");
    Cli.commandLine(terminal).getSubcommands().keySet().forEach(name -> run(home, name, "--help"));
    run(home, "version", "--json");
    Logs.ofServers(home, false);
    ClusterSettings settings =
        ClusterSettings.of(home).withMemory(2, ByteCount.mebibytes(64)).withCompute(2, 1);
    try (EmbeddedCluster _ = EmbeddedCluster.open(settings)) {
      String ref = run(home, "put", "-").strip();
      run(home, "get", ref);
      run(home, "stat", ref);
      run(home, "status");
      run(home, "status", "--json");
      String tree = run(home, "import", home.resolve("log").toString()).strip();
      run(home, "ls", tree);
      run(home, "run", "--namespace", tree, "--json", "--", "/kog.0.log");
      run(home, "explain", ref);
    }
    return ExitCode.OK.code();
  }

  /// Runs a command in this process and returns what it printed.
  private String run(Path home, String... command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream err =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    Terminal inside =
        new Terminal(
            new ByteArrayInputStream(new byte[CONTENT_BYTES]),
            out,
            err,
            Map.of("KOG_HOME", home.toString()),
            terminal.folder(),
            false,
            false);
    Cli.run(inside, command);
    return out.toString(StandardCharsets.UTF_8);
  }
}
