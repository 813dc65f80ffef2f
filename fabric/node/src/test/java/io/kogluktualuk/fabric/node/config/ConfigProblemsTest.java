package io.kogluktualuk.fabric.node.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said of files that are wrong, and where values come from in those that are right.
final class ConfigProblemsTest {

  private static final Path BASE = Path.of("/etc/kog");
  private static final String REQUIRED = "cluster = c1, name = n1, folder = f\n";

  @Test
  void allProblemsAreToldAtOnceWithFileLineKeyExpectedAndFound() {
    String text =
        """
        cluster = "a b"
        name = n1
        ports.calls = 70000
        memory {
          capacity = 12
          heartbeat = 1
          capacty = 1GiB
        }
        """;
    assertEquals(
        List.of(
            "kog.conf:1: cluster: expected 1 to 64 of letters, digits, '_', '.', '-', beginning"
                + " with a letter or digit, found 'a b'",
            "kog.conf:5: memory.capacity: expected a size with its unit from 16MiB to 1024TiB,"
                + " found '12'",
            "kog.conf:7: memory.capacty: expected a known key, perhaps 'memory.capacity', found an"
                + " unknown one",
            "kog.conf:6: memory.heartbeat: expected a time with its unit from 10ms to 10m, found"
                + " '1'",
            "kog.conf:3: ports.calls: expected a whole number from 0 to 65535, found '70000'",
            "kog.conf: folder: expected a path, found no such key"),
        problems(text));
  }

  @Test
  void keysOfOtherRolesAndRetiredKeysAreRefused() {
    List<String> found = problems(REQUIRED + "control-port = 7\nmetrics-port = 8\ncontrol {}");
    assertEquals(2, found.size(), found::toString);
    assertTrue(found.get(0).contains("expected 'ports.calls' instead"), found::toString);
    assertTrue(found.get(1).contains("expected 'metrics.port' instead"), found::toString);
  }

  @Test
  void nothingInAListIsNoItem() {
    String text = REQUIRED + "control-nodes = [\"h:1\"], memory.tenants = [null]";
    assertTrue(problems(text).getFirst().contains("a list of names of tenants"));
  }

  @Test
  void aFileHasOneRole() {
    assertTrue(problems(REQUIRED).getFirst().contains("exactly one of control { … }"));
    assertTrue(
        problems(REQUIRED + "control {}, compute {}").getFirst().contains("control and compute"));
  }

  @Test
  void whatContradictsItselfIsRefused() {
    String text =
        REQUIRED
            + """
            ports.calls = 0
            control { peers = ["a=h:1", "b=h:2"], election-timeout-max = 1ms }
            """;
    List<String> found = problems(text);
    assertEquals(3, found.size(), found::toString);
    assertTrue(found.get(0).contains("'n1', among the others"), found::toString);
    assertTrue(found.get(1).contains("ports.calls"), found::toString);
    assertTrue(found.get(2).contains("at least the minimum of 300ms"), found::toString);
    assertTrue(problems(REQUIRED + "memory {}").getFirst().contains("at least one control node"));
  }

  @Test
  void keysForReadingOverlapForNoLongerThanTheyLast() {
    String memory = REQUIRED + "control-nodes = [\"h:1\"]\n";
    List<String> found = problems(memory + "memory.read-keys { every = 5s, grace = 6s }");
    assertEquals(1, found.size(), found::toString);
    assertTrue(found.getFirst().contains("at most memory.read-keys.every of 5s"), found::toString);
  }

  @Test
  void aReferenceNamesEveryKeyWithItsDefault() throws Exception {
    for (NodeRole role : NodeRole.values()) {
      List<String> lines =
          Files.readAllLines(Path.of("..", "docs", "reference", role.word() + ".conf"));
      for (Key<?> key : role.keys()) {
        String standard = key.standardText();
        String line =
            standard != null
                ? key.path() + " = " + standard
                : "# "
                    + key.path()
                    + " = "
                    + (key.isRequired() ? "has to be given" : "without it: ");
        assertEquals(
            1,
            lines.stream().filter(one -> one.startsWith(line)).count(),
            () -> role + ": " + line);
      }
      long keys = lines.stream().filter(line -> line.matches("(# )?[a-z.-]+ = .*")).count();
      assertEquals(role.keys().size(), keys, role::toString);
    }
  }

  @Test
  void brokenSyntaxIsOneProblemWithItsLine() {
    List<String> found = problems("cluster = c\nname = {{\n");
    assertEquals(1, found.size());
    assertTrue(found.getFirst().startsWith("kog.conf:"), found::toString);
    assertTrue(problems("include \"/etc/passwd\"").getFirst().contains("cannot include"));
    assertTrue(problems("include url(\"http://h/\")").getFirst().contains("cannot include"));
    assertTrue(problems("a = [".repeat(100)).getFirst().contains("open brackets"));
    assertTrue(problems("a = ${b}, b = ${a}").getFirst().contains("HOCON"));
  }

  @Test
  void theEnvironmentIsUsedWhereTheFileSaysSo() {
    String text = REQUIRED + "name = ${?NODE}\nbind = ${?ADDRESS}\ncontrol {}";
    String effective = valid(text, Map.of("NODE", "n9", "bind", "1.1.1.1"));
    assertTrue(effective.contains("name = \"n9\" # environment NODE"), effective);
    assertTrue(effective.contains("bind = \"127.0.0.1\" # default"), effective);
    assertTrue(effective.contains("cluster = \"c1\" # kog.conf:1"), effective);
    assertTrue(problems("cluster = ${NONE}").getFirst().contains("NONE"));
  }

  @Test
  void whatIsInEffectCanBeReadAgain() {
    String text = REQUIRED + "folder = /f, log.folder = \"/a \\\"b\\\\\"\ncontrol {}";
    String effective = valid(text, Map.of());
    assertEquals(withoutOrigins(effective), withoutOrigins(valid(effective, Map.of())));
  }

  @Test
  void missingAndLongFilesAreProblems(@TempDir Path folder) throws Exception {
    assertTrue(
        ConfigFile.load(folder.resolve("none"), Map.of()) instanceof Loaded.Invalid invalid
            && invalid.problems().getFirst().toString().contains("expected a file"));
    Path file = Files.writeString(folder.resolve("long"), "#".repeat(1 << 19));
    assertTrue(ConfigFile.load(file, Map.of()) instanceof Loaded.Invalid);
    Files.writeString(file, REQUIRED + "control {}");
    assertTrue(
        ConfigFile.load(file, Map.of()) instanceof Loaded.Valid valid
            && valid.config().shared().folder().equals(folder.resolve("f")));
  }

  @Test
  void theReferenceFilesAreThoseOfTheCode() throws Exception {
    Path docs = Path.of("..", "docs", "reference");
    for (NodeRole role : NodeRole.values()) {
      Path file = docs.resolve(role.word() + ".conf");
      assertEquals(
          ConfigText.reference(role),
          Files.readString(file),
          () -> "renew it with: scripts/kog serve --reference " + role.word() + " > " + file);
    }
  }

  @Test
  void aReferenceWithTheRequiredKeysIsAConfiguration() {
    for (NodeRole role : NodeRole.values()) {
      String more = "control-nodes = [\"h:1\"]\n" + role.word() + " {}\n";
      valid(ConfigText.reference(role) + REQUIRED + more, Map.of());
    }
  }

  private static String withoutOrigins(String effective) {
    return effective.lines().map(line -> line.replaceAll(" # [^#]*$", "")).toList().toString();
  }

  private static String valid(String text, Map<String, String> environment) {
    return switch (ConfigFile.parse("kog.conf", text, BASE, environment)) {
      case Loaded.Valid(NodeConfig _, String effective) -> effective;
      case Loaded.Invalid(List<Problem> problems) -> throw new AssertionError(problems);
    };
  }

  private static List<String> problems(String text) {
    return switch (ConfigFile.parse("kog.conf", text, BASE, Map.of())) {
      case Loaded.Valid valid -> throw new AssertionError(valid);
      case Loaded.Invalid(List<Problem> found) -> found.stream().map(Problem::toString).toList();
    };
  }
}
