package io.kogluktualuk.controlplane.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.model.Memos;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A control node that is killed forgets no outcome and no member it has acknowledged.
final class ControlKillTest {

  private static final int BATCH = 50;
  private static final int ACKNOWLEDGED_PER_ROUND = 5000;

  private final Path folder;

  ControlKillTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /// The process that is killed: records batches and prints how many memos are acknowledged.
  static final class Recorder {

    private Recorder() {}

    public static void main(String[] arguments) {
      try (ControlService service = new ControlService(settings(Path.of(arguments[0])))) {
        ControlClient client = client(service);
        client.register(Memos.member(1));
        for (int from = Integer.parseInt(arguments[1]); from < 10_000_000; from += BATCH) {
          List<MemoRecord> batch =
              LongStream.range(from, from + BATCH).mapToObj(Memos::memo).toList();
          client.record(batch);
          System.out.println(from + BATCH);
        }
      }
    }
  }

  private static ControlSettings settings(Path folder) {
    return ControlSettings.single(folder, "killed", new InetSocketAddress("127.0.0.1", 0))
        .withSnapshotAfter(300_000, 1_000_000); // some in each round
  }

  private static ControlClient client(ControlService service) {
    return new ControlClient(new TableChannel(service.methods()), Duration.ofSeconds(10));
  }

  @Test
  @Timeout(120)
  void nothingAcknowledgedIsLost() throws Exception {
    int acknowledged = 0;
    for (int round = 0; round < 2; round++) {
      acknowledged = recordUntilKilled(acknowledged);
      try (ControlService service = new ControlService(settings(folder.resolve("control")))) {
        ControlClient client = client(service);
        List<Hash> keys = LongStream.range(0, acknowledged).mapToObj(Memos::key).toList();
        assertEquals(acknowledged, client.lookup(keys).size());
        assertEquals(Memos.outcome(7, 1), client.lookup(Memos.key(7)));
        assertEquals(Memos.member(1), client.members().members().getFirst().info());
        assertTrue(client.status().snapshotIndex() > 0, "no snapshot was taken");
      }
    }
  }

  /// @return how many memos have been acknowledged in all
  private int recordUntilKilled(int first) throws IOException, InterruptedException {
    List<String> command =
        ChildJvm.command(Recorder.class, folder.resolve("control").toString(), "" + first);
    Path errors = folder.resolve("errors");
    Process child = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try (BufferedReader output = child.inputReader(UTF_8)) {
      int acknowledged = first;
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        acknowledged = Integer.parseInt(line);
        if (acknowledged == first + ACKNOWLEDGED_PER_ROUND) {
          // Through the handle, which leaves the output open: what was acknowledged counts.
          child.toHandle().destroyForcibly();
        }
      }
      assertTrue(acknowledged > first, () -> "the child did nothing: " + ChildJvm.read(errors));
      return acknowledged;
    } finally {
      child.destroyForcibly();
      assertTrue(child.waitFor(10, TimeUnit.SECONDS), "the child is still there");
    }
  }
}
