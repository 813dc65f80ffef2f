package io.kogluktualuk.fabric.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.DataPath;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Hold;
import io.kogluktualuk.fabric.client.PutOptions;
import io.kogluktualuk.fabric.client.View;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.units.ByteCount;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A service in another process, which shares no memory with the memory nodes and is told a URL
/// and nothing else. Its JVM has no flags.
@Timeout(180)
final class TcpClientTest {

  private static final int LENGTH = 9 << 20;
  private static final long SEED = 20;

  @Test
  void aServiceThatIsOnNoRdmaHostNeedsAUrl(@TempDir Path folder) throws Exception {
    try (EmbeddedCluster cluster =
            EmbeddedCluster.open(
                ClusterSettings.of(folder.resolve("state"))
                    .withMemory(2, ByteCount.mebibytes(64))
                    .withCompute(1, 1));
        Fabric fabric = Fabric.connect(settings(cluster))) {
      Path errors = folder.resolve("errors");
      String url = settings(cluster).withPath(DataPath.TCP).toUrl();
      assertTrue(url.endsWith("?verbs=tcp"), url);
      Process service =
          new ProcessBuilder(withoutFlags(ChildJvm.command(Service.class, url)))
              .redirectError(errors.toFile())
              .start();
      try {
        String said =
            new String(service.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertTrue(service.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, service.exitValue(), Files.readString(errors));
        String[] words = said.split(" ", 2);
        assertTrue(words[1].startsWith("0 over shared memory, "), said);
        assertTrue(!words[1].endsWith(" 0 over TCP"), said);
        assertArrayEquals(content(), fabric.bytes(Ref.parse(words[0]), LENGTH));
      } finally {
        service.destroyForcibly();
      }
    }
  }

  private static List<String> withoutFlags(List<String> command) {
    return command.stream().filter(word -> !word.startsWith("--")).toList();
  }

  private static ClientSettings settings(EmbeddedCluster cluster) {
    return ClientSettings.DEFAULT.withControls(cluster.controls());
  }

  private static byte[] content() {
    byte[] bytes = new byte[LENGTH];
    new Random(SEED).nextBytes(bytes);
    return bytes;
  }

  /// The service.
  static final class Service {

    private Service() {}

    public static void main(String[] arguments) {
      try (Fabric fabric = Fabric.connect(arguments[0]);
          Hold hold = fabric.hold()) {
        byte[] bytes = content();
        Ref ref = fabric.put(bytes, PutOptions.source().heldBy(hold));
        try (View view = fabric.get(ref)) {
          MemorySegment copy = MemorySegment.ofArray(new byte[LENGTH]);
          view.copyTo(copy);
          assertArrayEquals(bytes, copy.toArray(ValueLayout.JAVA_BYTE));
        }
        System.out.println(ref + " " + Operator.of(fabric).paths());
      }
    }
  }
}
