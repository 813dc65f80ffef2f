package io.kogluktualuk.fabric.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaCommandTest {

  private final CliRun kog;

  CaCommandTest(@TempDir Path folder) {
    this.kog = new CliRun(folder);
  }

  private CliRun.Result ok(String... args) {
    CliRun.Result result = kog.run(args);
    assertEquals(0, result.exit(), result.err());
    return result;
  }

  @Test
  void certifiesShowsAndRotates() {
    ok("ca", "init", "--cluster", "north", "--to", "ca");
    ok(
        "ca",
        "issue",
        "--ca",
        "ca",
        "--role",
        "memory",
        "--name",
        "memory-1",
        "--host",
        "::1",
        "--host",
        "mem.example",
        "--to",
        "memory-1");
    ok(
        "ca",
        "issue",
        "--ca",
        "ca",
        "--role",
        "client",
        "--name",
        "trader",
        "--tenant",
        "trades",
        "--tenant",
        "quotes",
        "--account",
        "desk",
        "--to",
        "trader");
    String memory = ok("ca", "show", "memory-1").out();
    assertTrue(memory.startsWith("memory memory-1 of cluster north\nhosts "), memory);
    String trader = ok("ca", "show", "trader", "--json").out();
    assertTrue(trader.contains("\"tenants\" : [ \"quotes\", \"trades\" ]"), trader);
    assertTrue(trader.contains("\"accounts\" : [ \"desk\" ]"), trader);
    ok("ca", "rotate", "--ca", "ca");
    assertTrue(ok("ca", "show", "ca").out().contains("both are trusted"));
    ok("ca", "rotate", "--ca", "ca", "--finish");
    assertTrue(ok("ca", "show", "ca", "--json").out().contains("\"rotating\" : false"));
  }

  @Test
  void exitCodesTellWhatIsWrong() {
    fails(ExitCode.NOT_FOUND, "ca", "show", "nowhere");
    fails(ExitCode.USAGE, "ca", "init", "--cluster", "Not a name", "--to", "ca");
    ok("ca", "init", "--cluster", "north", "--to", "ca");
    fails(ExitCode.CONFLICT, "ca", "init", "--cluster", "north", "--to", "ca");
    fails(ExitCode.CONFLICT, "ca", "rotate", "--ca", "ca", "--finish");
    List<String> memory = List.of("ca", "issue", "--ca", "ca", "--role", "memory", "--name", "m");
    fails(ExitCode.USAGE, with(memory, "--to", "m"));
    fails(ExitCode.USAGE, with(memory, "--to", "m", "--host", "h", "--tenant", "t"));
    fails(ExitCode.USAGE, with(memory, "--to", "m", "--host", "h", "--days", "0"));
    fails(ExitCode.NOT_FOUND, with(memory, "--to", "m", "--host", "h", "--request", "none"));
    fails(ExitCode.USAGE, "ca", "--json");
  }

  private static String[] with(List<String> args, String... more) {
    return java.util.stream.Stream.concat(args.stream(), java.util.Arrays.stream(more))
        .toArray(String[]::new);
  }

  private void fails(ExitCode with, String... args) {
    CliRun.Result result = kog.run(args);
    assertEquals(with.code(), result.exit(), result.err());
  }

  @Test
  void everySubcommandHasHelpWithAnExampleAndTheExitCodes() {
    for (String command : new String[] {"init", "issue", "rotate", "show"}) {
      String help = ok("ca", command, "--help").out();
      assertTrue(help.contains("Example:\n  kog ca " + command), help);
      assertTrue(help.contains("11    it took longer than allowed"), help);
      help.lines().forEach(line -> assertTrue(line.length() <= 80, line));
    }
  }
}
