package io.kogluktualuk.rdma.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.fabric.testkit.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A cable that is cut in mid-transfer: two network namespaces, joined by a pair of virtual
/// devices, stand for two hosts. For the native provider the lab does the same with two guests.
class CableTest {

  private static final String SERVER = "10.77.1.1";
  private static final String CLIENT = "10.77.1.2";
  private static final String PORT = "17777";

  /// Two namespaces and what joins them. Its names are this process's own.
  private static final class Cable implements AutoCloseable {

    private final String one = "kog-a-" + ProcessHandle.current().pid();
    private final String other = "kog-b-" + ProcessHandle.current().pid();

    static Cable lay() throws IOException, InterruptedException {
      Cable cable = new Cable();
      cable.add(cable.one);
      cable.add(cable.other);
      ip(
          "-n",
          cable.one,
          "link",
          "add",
          "kog0",
          "type",
          "veth",
          "peer",
          "kog0",
          "netns",
          cable.other);
      cable.up(cable.one, SERVER);
      cable.up(cable.other, CLIENT);
      return cable;
    }

    private void add(String name) throws IOException {
      assumeTrue(run("ip", "netns", "add", name) == 0, "network namespaces need root");
    }

    private void up(String name, String address) throws IOException, InterruptedException {
      ip("-n", name, "addr", "add", address + "/24", "dev", "kog0");
      ip("-n", name, "link", "set", "kog0", "up");
      ip("-n", name, "link", "set", "lo", "up");
    }

    ChildJvm start(String name, String role) throws IOException {
      List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", name));
      command.addAll(ChildJvm.command(CableRun.class, role, SERVER, PORT));
      return ChildJvm.start(command);
    }

    /// Nothing gets through, and neither end is told: as when a switch in between dies.
    void cut() throws IOException, InterruptedException {
      ip("netns", "exec", one, "ip", "neigh", "flush", "all");
      ip("-n", one, "link", "set", "kog0", "down");
    }

    @Override
    public void close() throws IOException {
      run("ip", "netns", "delete", one);
      run("ip", "netns", "delete", other);
    }
  }

  private static int run(String... command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .onExit()
        .join()
        .exitValue();
  }

  private static void ip(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + said);
  }

  private static boolean hasIp() {
    try {
      return run("ip", "-V") == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void requestsFailWhenTheCableIsCut() throws Exception {
    assumeTrue(Suite.dataPath() == Suite.DataPath.TCP, "shared memory has no cable");
    assumeTrue(hasIp(), "there is no 'ip' command (iproute2)");
    try (Cable cable = Cable.lay();
        ChildJvm server = cable.start(cable.one, "serve")) {
      assertEquals("SERVING", server.line());
      try (ChildJvm client = cable.start(cable.other, "transfer")) {
        assertEquals("TRANSFERRING", client.line());
        cable.cut();
        List<String> said = new ArrayList<>();
        while (said.isEmpty() || !said.getLast().equals("PASSED")) {
          said.add(client.line());
        }
        assertTrue(said.getFirst().contains("status 12"), said::toString);
      }
      if (!Differences.PASSIVE_CUT.holds()) {
        assertEquals("HEARD RDMA_CM_EVENT_DISCONNECTED", server.line());
      }
      server.tell("");
    }
  }
}
