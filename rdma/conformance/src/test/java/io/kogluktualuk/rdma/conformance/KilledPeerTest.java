package io.kogluktualuk.rdma.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.rdma.verbs.FileMapping;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The death of a process at the other end, by `kill -9` in mid-transfer.
@Timeout(30)
class KilledPeerTest {

  private static final int BYTES = 1 << 20;

  /// The peer: publishes a file and takes the messages that come.
  public static final class Child {
    public static void main(String[] args) throws IOException {
      try (VerbsEnd.Listening listening = VerbsEnd.listen();
          FileMapping file = FileMapping.open(Path.of(args[0]), 0, BYTES)) {
        System.out.println(listening.address().getPort());
        VerbsEnd end = listening.accept(7);
        IbvMr region = end.register(file.segment(), VerbsEnd.ALL_RIGHTS);
        System.out.println(region.getAddr() + " " + region.getRkey());
        IbvSge inbox = VerbsEnd.piece(end.register(end.allocate(64), 1), 0, 64);
        while (true) {
          end.receive(1, inbox);
          assertEquals(0, end.completion().status());
        }
      }
    }
  }

  @Test
  void sendsFailReceivesAreFlushedAndTheEventComes(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("region"), new byte[BYTES]);
    Process child = start(file);
    BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    int port = Integer.parseInt(out.readLine());
    try (VerbsEnd client = VerbsEnd.connect(RdmaAddress.port(port))) {
      String[] region = out.readLine().split(" ");
      IbvMr local = client.register(client.allocate(BYTES), IbvMr.IBV_ACCESS_LOCAL_WRITE);
      client.receive(50, VerbsEnd.piece(local, 0, 8));
      client.receive(51, VerbsEnd.piece(local, 0, 8));
      IbvSendWR send = VerbsEnd.request(IbvSendWR.IBV_WR_SEND, 1, VerbsEnd.piece(local, 0, 64));
      IbvSendWR read =
          VerbsEnd.remote(
              VerbsEnd.request(IbvSendWR.IBV_WR_RDMA_READ, 2, VerbsEnd.piece(local, 0, BYTES)),
              Long.parseLong(region[0]),
              Integer.parseInt(region[1]));
      int status = 0;
      for (int i = 0; status == 0; i++) {
        if (i == 100) {
          child.destroyForcibly();
        }
        client.post(i % 2 == 0 ? send : read);
        status = nextOf(client, i % 2 == 0 ? 1 : 2);
      }
      assertEquals(12, status);
      client.awaitEvent(EventType.RDMA_CM_EVENT_DISCONNECTED);
      assertEquals(5, flushed(client, 50));
      assertEquals(5, flushed(client, 51));
      client.post(send);
      assertEquals(5, nextOf(client, 1));
    } finally {
      child.destroyForcibly();
    }
    assertNothingLeft(child.pid());
  }

  private final java.util.Map<Long, Integer> receives = new java.util.HashMap<>();

  private int nextOf(VerbsEnd end, long id) throws IOException {
    VerbsEnd.Completion completion = end.completion();
    while (completion.id() != id) {
      receives.put(completion.id(), completion.status());
      completion = end.completion();
    }
    return completion.status();
  }

  private int flushed(VerbsEnd end, long id) throws IOException {
    Integer known = receives.get(id);
    return known != null ? known : end.completion().status();
  }

  private static Process start(Path file) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports",
                "java.base/sun.nio.ch=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                file.toString()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void assertNothingLeft(long pid) throws IOException {
    for (Path folder :
        List.of(Path.of("/dev/shm"), Path.of(System.getProperty("java.io.tmpdir")))) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          assertTrue(
              files.noneMatch(
                  path -> path.getFileName().toString().startsWith("kogluktualuk-" + pid)));
        }
      }
    }
  }
}
