package io.kogluktualuk.fabric.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.rdma.doctor.Finding;
import io.kogluktualuk.rdma.doctor.Finding.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTextTest {

  private static final List<Finding> FINDINGS =
      List.of(
          new Finding("port", Level.OK, "rxe0/1: ACTIVE", "up", null),
          new Finding(
              "memlock",
              Level.PROBLEM,
              "8.0 MiB (hard limit 8.0 MiB)",
              "64.3 GiB for the configured capacity; only an adapter locks memory",
              "ulimit -l unlimited # in the shell that starts kog"));

  @Test
  void textIsWrappedAndCommandsStandAlone() {
    assertEquals(
        """
        OK       port           rxe0/1: ACTIVE (up)
        PROBLEM  memlock        8.0 MiB (hard limit 8.0 MiB)
                                expected: 64.3 GiB for the configured capacity; only an
                                adapter locks memory
            ulimit -l unlimited
                                # in the shell that starts kog
        1 fine, 0 to note, 1 to mend""",
        new DoctorText(FINDINGS, false, false).table());
  }

  @Test
  void briefLeavesOutWhatIsFine() {
    String table = new DoctorText(FINDINGS, true, false).table();
    assertFalse(table.contains("ACTIVE"), table);
    assertTrue(table.contains("memlock"), table);
  }

  @Test
  void coloursAreOnTheLevelOnly() {
    String table = new DoctorText(FINDINGS, false, true).table();
    assertTrue(table.startsWith("\u001b[32mOK       \u001b[0mport"), table);
    assertTrue(table.contains("\u001b[1;31mPROBLEM  \u001b[0mmemlock"), table);
  }

  @Test
  void jsonHasAllOfEachFinding() {
    String json = new DoctorText(FINDINGS, true, false).json().toLine();
    assertTrue(json.startsWith("{\"problems\":1,\"notes\":0,\"findings\":[{"), json);
    assertTrue(
        json.contains(
            "{\"area\":\"port\",\"level\":\"ok\",\"found\":\"rxe0/1: ACTIVE\",\"expected\":\"up\","
                + "\"do\":null}"),
        json);
  }

  @Test
  void theCommandExaminesThisMachine(@TempDir Path folder) {
    CliRun kog = new CliRun(folder);
    CliRun.Result result = kog.run("doctor", "--no-self-test");
    assertTrue(result.exit() == 0 || result.exit() == 12, result.out() + result.err());
    assertEquals(result.exit() == 0, result.out().contains(" 0 to mend"), result.out());
    assertTrue(result.out().contains("memlock"), result.out());
    assertEquals("", result.err());
    assertTrue(kog.run("doctor", "--no-self-test", "--json").out().startsWith("{"));
  }

  @Test
  void theProviderIsAskedForByOptionOrEnvironment(@TempDir Path folder) {
    Map<String, String> tcp = Map.of("KOG_VERBS", "tcp");
    assertEquals("auto", VerbsChoice.of(null, Map.of()));
    assertEquals("auto", VerbsChoice.of(null, Map.of("KOG_VERBS", "")));
    assertEquals("tcp", VerbsChoice.of(null, tcp));
    assertEquals("shared", VerbsChoice.of("shared", tcp));
    InvalidArgument wrong =
        assertThrows(
            InvalidArgument.class, () -> VerbsChoice.of(null, Map.of("KOG_VERBS", "fast")));
    assertEquals("KOG_VERBS is 'fast'; expected auto, native, shared, tcp", wrong.getMessage());
    for (String command : List.of("up", "status", "doctor", "demo")) {
      CliRun.Result result = new CliRun(folder).run(command, "--verbs", "fast");
      assertEquals(2, result.exit(), command + result.err());
      assertTrue(result.err().contains("--verbs is 'fast'; expected auto"), result.err());
    }
  }
}
