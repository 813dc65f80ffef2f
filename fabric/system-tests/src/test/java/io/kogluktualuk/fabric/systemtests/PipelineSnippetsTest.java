package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.programs.Program;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.systemtests.snippets.Thumbnails;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of PIPELINES.md do what they say.
@Timeout(240)
final class PipelineSnippetsTest {

  private static final Path SNIPPETS =
      Path.of("src/test/java/io/kogluktualuk/fabric/systemtests/snippets/Thumbnails.java");
  private static final Path DOC = Path.of("../docs/PIPELINES.md");
  private static final Path PIPELINE =
      Path.of("../pipeline/src/main/java/io/kogluktualuk/fabric/pipeline/Pipeline.java");
  private static final String HOST = "127.0.0.1";

  @Test
  void theExamplesDoWhatTheySay(@TempDir Path folder) throws Exception {
    try (EmbeddedCluster cluster =
        EmbeddedCluster.open(
            ClusterSettings.of(folder.resolve("state"))
                .withMemory(1, ByteCount.mebibytes(64))
                .withCompute(1, 1))) {
      ClientSettings settings = ClientSettings.DEFAULT.withControls(cluster.controls());
      try (Fabric fabric = Fabric.connect(settings);
          Pipeline ends = Pipeline.over(fabric, "thumbnails", folder.resolve("ends"))) {
        Map<String, byte[]> index = new ConcurrentHashMap<>();
        int indexPort = freePort();
        Thumbnails.index(ends, indexPort, index);
        makeSmaller(settings.toUrl(), folder, ends, indexPort, index);
        sortLines(fabric, ends, indexPort, index);
      }
    }
  }

  private static void makeSmaller(
      String url, Path folder, Pipeline ends, int indexPort, Map<String, byte[]> index)
      throws Exception {
    byte[] photo = Mutations.randomBytes(1_000_000, new SplittableRandom(1));
    int port = freePort();
    CountDownLatch stop = new CountDownLatch(1);
    try (ExecutorService service = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> resizing =
          service.submit(
              () -> {
                Thumbnails.resize(url, folder.resolve("resize"), port, HOST, indexPort, stop);
                return true;
              });
      try {
        assertTrue(Thumbnails.camera(ends, photo, HOST, port));
      } finally {
        stop.countDown();
      }
      assertEquals(true, resizing.get(60, TimeUnit.SECONDS));
    }
    assertArrayEquals(Arrays.copyOf(photo, 500_000), index.remove("first"));
  }

  private static void sortLines(
      Fabric fabric, Pipeline ends, int indexPort, Map<String, byte[]> index) throws Exception {
    int port = freePort();
    Thumbnails.sort(fabric, ends, Program.SORT.wasm(), port, indexPort);
    byte[] lines = "b\na\n".repeat(10_000).getBytes(StandardCharsets.UTF_8);
    assertTrue(Thumbnails.camera(ends, lines, HOST, port));
    byte[] sorted = ("a\n".repeat(10_000) + "b\n".repeat(10_000)).getBytes(StandardCharsets.UTF_8);
    assertArrayEquals(sorted, index.remove("first"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void everyExampleOfTheDocumentIsOne() throws IOException {
    String all = stripped(Files.readString(SNIPPETS));
    requireExamples(all, Files.readString(DOC), 3, DOC);
    String javadoc = Files.readString(PIPELINE).replaceAll("(?m)^/// ?", "");
    requireExamples(all, javadoc, 1, PIPELINE);
  }

  private static void requireExamples(String all, String text, int atLeast, Path where) {
    Matcher blocks = Pattern.compile("(?s)```java\n(.*?)```").matcher(text);
    int count = 0;
    while (blocks.find()) {
      assertTrue(all.contains(stripped(blocks.group(1))), "is not run:\n" + blocks.group(1));
      count++;
    }
    assertTrue(count >= atLeast, "found " + count + " examples in " + where);
  }

  private static String stripped(String code) {
    return code.replaceAll("(?m)^ +", "");
  }
}
