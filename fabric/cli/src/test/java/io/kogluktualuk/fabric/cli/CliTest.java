package io.kogluktualuk.fabric.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CliTest {

  private final CliRun kog;

  CliTest(@TempDir Path folder) {
    kog = new CliRun(folder);
  }

  @Test
  void theHelpOfEveryCommandHasAnExampleAndTheExitCodes() {
    List<String> commands = new ArrayList<>(List.of(""));
    CommandLine top = Cli.commandLine(kog.terminal());
    top.getSubcommands().keySet().stream()
        .filter(name -> !name.equals("warm-up"))
        .forEach(commands::add);
    assertTrue(commands.size() > 12, commands.toString());
    for (String command : commands) {
      CliRun.Result help = command.isEmpty() ? kog.run("--help") : kog.run(command, "--help");
      assertEquals(0, help.exit(), command);
      assertTrue(help.out().contains("Example:\n  kog " + command), help.out());
      assertTrue(help.out().contains("11    it took longer than allowed"), command);
      help.out().lines().forEach(line -> assertTrue(line.length() <= 80, line));
    }
  }

  @Test
  void theDocumentListsEveryExitCodeAndCommand() throws IOException {
    String document = Files.readString(Path.of("../docs/CLI.md"));
    for (ExitCode exit : ExitCode.values()) {
      String row = "| " + exit.code() + " | `" + exit.word() + "` | " + exit.meaning() + " |";
      assertTrue(document.contains(row), row);
    }
    Stream<String> commands = Cli.commandLine(kog.terminal()).getSubcommands().keySet().stream();
    commands
        .filter(name -> !name.equals("warm-up"))
        .forEach(name -> assertTrue(document.contains("`kog " + name), name));
  }

  @Test
  void commonOptionsCountBeforeASubcommandAsAfterIt() {
    for (String[] command :
        new String[][] {
          {"root", "ls"}, {"credits", "ls"}, {"audit", "ls"}, {"control", "status"},
        }) {
      CliRun.Result before = kog.run(command[0], "--json", "--home", "elsewhere", command[1]);
      CliRun.Result after = kog.run(command[0], command[1], "--json", "--home", "elsewhere");
      assertEquals(5, before.exit(), before.err());
      assertTrue(before.err().contains("elsewhere"), before.err());
      assertTrue(before.err().startsWith("{\"error\":"), before.err());
      assertEquals(after.err(), before.err());
      CliRun.Result twice = kog.run(command[0], "--home", "x", command[1], "--home", "elsewhere");
      assertEquals(5, twice.exit());
      assertTrue(twice.err().contains("elsewhere"), twice.err());
    }
    CliRun.Result first = kog.run("--control", "127.0.0.1:1", "status");
    assertEquals(2, first.exit());
    assertTrue(first.err().contains("--control"), first.err());
    CliRun.Result ca = kog.run("ca", "--json", "init", "--cluster", "c", "--to", "authority");
    assertEquals(0, ca.exit(), ca.err());
    assertTrue(ca.out().startsWith("{"), ca.out());
  }

  @Test
  void wrongArgumentsExitWith2AndOneLine() {
    for (String[] wrong :
        new String[][] {
          {"nonsense"},
          {"credits", "nonsense"},
          {"get"},
          {"put", "a", "b"},
          {"ls", "--colour", "x"},
          {"run", "--fuel", "much", "--", "/x"},
          {"up", "--memory", "lots"},
          {"up", "--memory-nodes", "0"},
          {"up", "--bind", "203.0.113.9"},
          {"status", "--control", "nowhere"}
        }) {
      CliRun.Result result = kog.run(wrong);
      assertEquals(2, result.exit(), List.of(wrong) + result.err());
      assertEquals("", result.out());
      assertTrue(result.err().startsWith("kog: "), result.err());
      assertTrue(result.err().lines().count() <= 2, result.err());
    }
  }

  @Test
  void aGroupOfCommandsAloneShowsItsHelp() {
    assertEquals(kog.run("--help").out(), kog.run().out());
    List<String> groups = List.of("audit", "ca", "control", "credits", "ns", "root");
    for (String group : groups) {
      CliRun.Result alone = kog.run(group);
      assertEquals(0, alone.exit(), alone.err());
      assertEquals(kog.run(group, "--help").out(), alone.out());
      CliRun.Result json = kog.run(group, "--json");
      assertEquals(2, json.exit());
      assertEquals("", json.out());
      assertTrue(json.err().contains("expected a command, one of: "), json.err());
    }
    assertTrue(kog.run("credits").out().contains("\n  limit "), kog.run("credits").out());
    assertTrue(kog.run("credits", "--json").err().contains("one of: ls, limit"));
  }

  @Test
  void withoutAClusterEveryClientCommandExitsWith5() {
    for (String[] command :
        new String[][] {
          {"status"},
          {"down"},
          {"put", "-"},
          {"get", "12345678"},
          {"ls", "12345678"},
          {"stat", "12345678"},
          {"import", "."},
          {"export", "12345678", "x"},
          {"run", "--", "/bin/x"},
          {"root", "ls"},
          {"leases"},
          {"audit", "verify"},
          {"explain", "12345678"}
        }) {
      CliRun.Result result = kog.run(command);
      assertEquals(5, result.exit(), List.of(command) + result.err());
      assertTrue(result.err().contains("no cluster is running in "), result.err());
      assertTrue(result.err().contains("'kog up' starts a cluster"), result.err());
    }
  }

  @Test
  void errorsAreJsonWhenJsonIsAskedFor() {
    CliRun.Result result = kog.run("status", "--json");
    assertEquals(
        "{\"error\":\"unavailable\",\"exit\":5,\"message\":\"no cluster is running in "
            + kog.home()
            + "\",\"hint\":\"'kog up' starts a cluster, 'kog status' shows how it is\"}\n",
        result.err());
    CliRun.Result noRoom = kog.run("get", "--json", "12345678");
    assertTrue(noRoom.err().contains("--json needs --output"), noRoom.err());
    assertTrue(kog.run("put", "--json").err().startsWith("{\"error\":\"usage\",\"exit\":2,"));
  }

  @Test
  void verboseShowsTheStack() {
    assertFalse(kog.run("status").err().contains("at io.kogluktualuk"));
    assertTrue(kog.run("status", "--verbose").err().contains("at io.kogluktualuk"));
  }

  @Test
  void theVersionIsShort() {
    CliRun.Result version = kog.run("version");
    assertEquals(0, version.exit());
    assertEquals(1, version.out().lines().count());
    assertTrue(kog.run("version", "--json").out().contains("\"vm\" : "));
  }

  @Test
  void whenTheReaderGoesAwayNothingIsSaid() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            InputStreams.EMPTY,
            closed,
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of(),
            kog.home(),
            false,
            false);
    assertEquals(141, Cli.run(terminal, "version"));
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }

  /// Nothing to read.
  private static final class InputStreams {
    static final InputStream EMPTY = InputStream.nullInputStream();
  }
}
