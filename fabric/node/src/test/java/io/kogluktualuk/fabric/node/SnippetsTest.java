package io.kogluktualuk.fabric.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Root;
import io.kogluktualuk.fabric.client.RunResult;
import io.kogluktualuk.fabric.client.Setting;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.node.snippets.Connecting;
import io.kogluktualuk.fabric.node.snippets.Failing;
import io.kogluktualuk.fabric.node.snippets.Getting;
import io.kogluktualuk.fabric.node.snippets.Holding;
import io.kogluktualuk.fabric.node.snippets.Putting;
import io.kogluktualuk.fabric.node.snippets.Roots;
import io.kogluktualuk.fabric.node.snippets.Running;
import io.kogluktualuk.fabric.node.snippets.Trees;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of the client's Javadoc do what they say, and Javadoc shows them.
@Timeout(300)
final class SnippetsTest {

  private static final Path SNIPPETS =
      Path.of("src/test/java/io/kogluktualuk/fabric/node/snippets");
  private static final Path CLIENT =
      Path.of("../client/src/main/java/io/kogluktualuk/fabric/client");
  private static final Path DOC = Path.of("../docs/CLIENT.md");

  @Test
  void theExamplesDoWhatTheySay(@TempDir Path folder) throws IOException {
    try (EmbeddedCluster cluster =
        EmbeddedCluster.open(
            ClusterSettings.of(folder.resolve("state"))
                .withMemory(2, ByteCount.mebibytes(64))
                .withCompute(1, 1))) {
      ClientSettings settings = ClientSettings.DEFAULT.withControls(cluster.controls());
      String url = settings.toUrl();
      assertEquals("hello", Connecting.connect(url));
      Path file = Files.writeString(folder.resolve("kog.properties"), "url=" + url);
      String said = Connecting.settings(file, Map.of("KOG_URL", url), url);
      assertEquals(settings.withReplicas(1).toUrl(), said);
      try (Fabric fabric = Fabric.connect(url)) {
        content(fabric, folder);
        values(fabric);
      }
    }
  }

  private static void content(Fabric fabric, Path folder) throws IOException {
    byte[] bytes = {1, 2, 3};
    Path file = Files.write(folder.resolve("three"), bytes);
    Ref ref = Putting.options(fabric, bytes);
    assertEquals(ref, Putting.others(fabric, file, bytes));
    assertArrayEquals(bytes, Connecting.within(fabric, ref));
    assertEquals(6, Getting.view(fabric, ref));
    assertEquals(1, Getting.read(fabric, ref.toString()));
    assertEquals(7L * (8 << 20), Getting.view(fabric, Putting.segment(fabric)));
    Path source = Files.createDirectory(folder.resolve("source"));
    Files.write(source.resolve("three"), bytes);
    Ref tree = Trees.directory(fabric, source, folder.resolve("target"));
    assertEquals(ref, fabric.trees().find(tree, "three"));
    assertArrayEquals(bytes, Files.readAllBytes(folder.resolve("target/three")));
    Path copy = folder.resolve("copy");
    assertArrayEquals(bytes, Getting.others(fabric, ref, copy));
    assertArrayEquals(bytes, Files.readAllBytes(copy));
    Ref nowhere = new Ref(Kind.BLOB, Hash.of(new byte[] {77}), 1);
    assertEquals(Set.of(nowhere), Holding.hold(fabric, List.of(ref, nowhere), ref));
  }

  private static void values(Fabric fabric) {
    Ref program = fabric.put(Guests.thatEnds());
    Ref data = fabric.put(new byte[] {1});
    assertEquals(data, Trees.tree(fabric, program, data));
    Ref namespace = fabric.trees().put(Map.of("bin/sum", program, "data", data));
    RunResult result = Running.run(fabric, namespace);
    assertEquals(new Ending.Exited(0), result.outcome().ending());
    Ref endless = fabric.trees().put(Map.of("bin/sum", fabric.put(Guests.thatNeverEnds())));
    Transaction never = Transaction.of(endless, List.of("/bin/sum"), Limits.DEFAULT);
    assertTrue(Running.async(fabric, never));
    long revision = Roots.set(fabric, namespace);
    assertEquals(revision, Roots.watch(fabric).revision());
    assertEquals(namespace, Roots.edit(fabric, data).before());
    Ref edited = Trees.edit(fabric, namespace, data);
    assertEquals(List.of("+/README.md", "-/data", "+/old"), Trees.diff(fabric, namespace, edited));
    failing(fabric, namespace);
    assertEquals(data, fabric.trees().find(edited, "old/data"));
    assertEquals(data, fabric.trees().find(edited, "/README.md"));
    Ref nowhere = new Ref(Kind.BLOB, Hash.of(new byte[] {78}), 1);
    assertThrows(NotFound.class, () -> Roots.set(fabric, nowhere));
    assertEquals(Optional.empty(), Failing.errors(fabric, nowhere));
    assertThrows(
        InvalidArgument.class, () -> Failing.errors(fabric, fabric.put(new byte[2 << 20])));
  }

  private static void failing(Fabric fabric, Ref value) {
    assertArrayEquals(
        new byte[] {5}, Failing.errors(fabric, fabric.put(new byte[] {5})).orElseThrow());
    fabric.roots().set("failing", fabric.put(new byte[] {6}));
    Root before = Objects.requireNonNull(fabric.roots().get("failing"));
    assertTrue(Failing.change(fabric, before, value));
    assertFalse(Failing.change(fabric, before, value), "it has another revision now");
  }

  @Test
  void javadocAcceptsTheClient(@TempDir Path folder) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-quiet",
                "-Xdoclint:all",
                "-Xmaxwarns",
                "10000",
                "-encoding",
                "UTF-8",
                "-d",
                folder.toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                "--snippet-path",
                SNIPPETS.toString()));
    try (Stream<Path> sources = Files.walk(CLIENT)) {
      sources.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(arguments::add);
    }
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    int status =
        ToolProvider.findFirst("javadoc")
            .orElseThrow()
            .run(out, out, arguments.toArray(String[]::new));
    // Parameters and results are described where their names do not say it all.
    List<String> wrong =
        said.toString()
            .lines()
            .filter(line -> line.contains("warning:") || line.contains("error:"))
            .filter(line -> !line.matches(".*: no (@(param|return|throws).*|main description)"))
            .toList();
    assertEquals(List.of(), wrong);
    assertEquals(0, status);
    assertTrue(said.toString().contains("no @param"), "nothing was looked at");
    String page = Files.readString(folder.resolve("io/kogluktualuk/fabric/client/Hold.html"));
    assertTrue(page.contains("all that is left is let go"), "the example is not shown");
  }

  @Test
  void everyExampleOfTheDocumentIsOne() throws IOException {
    String doc = Files.readString(DOC);
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(SNIPPETS)) {
      for (Path file : files.toList()) {
        all.append(Files.readString(file).indent(-4).replaceAll("(?m)^ +", "")).append('\n');
      }
    }
    Matcher blocks = Pattern.compile("(?s)```java\n(.*?)```").matcher(doc);
    int count = 0;
    while (blocks.find()) {
      String block = blocks.group(1).replaceAll("(?m)^ +", "");
      assertTrue(all.indexOf(block) >= 0, "not an example that is run:\n" + blocks.group(1));
      count++;
    }
    assertTrue(count >= 8, "found " + count + " examples in " + DOC);
  }

  @Test
  void theTableOfSettingsIsThatOfTheCode() throws IOException {
    StringBuilder table = new StringBuilder();
    for (Setting setting : Setting.values()) {
      String standard = setting.of(ClientSettings.DEFAULT);
      table.append(
          "| `%s` | `%s` | %s | %s |\n"
              .formatted(
                  setting.key(),
                  setting.variable(),
                  setting.expected(),
                  standard.isEmpty() ? "none" : "`" + standard + "`"));
    }
    assertTrue(Files.readString(DOC).contains(table), "expected in " + DOC + ":\n" + table);
  }
}
