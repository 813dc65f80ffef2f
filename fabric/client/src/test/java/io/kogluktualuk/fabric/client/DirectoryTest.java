package io.kogluktualuk.fabric.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.blob.TreePage;
import io.kogluktualuk.fabric.blob.TreePieces;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTest {

  private final Path folder;
  private final InMemoryBlobs store = new InMemoryBlobs();

  DirectoryTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aDirectoryComesBackAsItWas() throws IOException {
    Path source = sample();
    ImportReport imported = imported(source);
    assertEquals(4, imported.files());
    assertEquals(4, imported.directories());
    Path target = folder.resolve("out/deep");
    ExportReport exported = new DirectoryExport(store, false).run(imported.tree(), target);
    assertEquals(imported.files(), exported.files());
    assertEquals(imported.directories(), exported.directories());
    assertEquals(imported.bytes(), exported.bytes());
    assertEquals(contents(source), contents(target));
    assertTrue(Files.isDirectory(target.resolve("empty")));
    assertEquals(imported.tree(), imported(target).tree());
  }

  @Test
  void aWideDirectoryComesBackAsItWas() throws IOException {
    Path source = Files.createDirectories(folder.resolve("wide"));
    for (int i = 0; i < 1_000; i++) {
      Files.writeString(source.resolve("%04d".formatted(i * 7 % 1_000) + "x".repeat(100)), "" + i);
    }
    List<Long> told = new ArrayList<>();
    ImportListener listener = (files, _, _) -> told.add(files);
    Ref tree = new DirectoryImport(store, false, listener).run(source).tree();
    assertInstanceOf(TreePage.class, TreePieces.of(store).get(tree));
    assertEquals(1_000, told.getLast());
    Path target = folder.resolve("again");
    new DirectoryExport(store, false).run(tree, target);
    assertEquals(contents(source), contents(target));
    assertEquals(1_000, RefDescription.of(store, tree).parts());
  }

  @Test
  void aLongFileBecomesAList() throws IOException {
    byte[] bytes = new byte[9 << 20];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 ^ i >>> 8);
    }
    Path source = Files.createDirectories(folder.resolve("long"));
    Files.write(source.resolve("file"), bytes);
    Ref tree = imported(source).tree();
    Ref file = Tree.decode("t", store.get(tree.hash()).toArray()).get("file");
    assertEquals(Kind.LIST, file == null ? null : file.kind());
    new DirectoryExport(store, false).run(tree, folder.resolve("back"));
    assertArrayEquals(bytes, Files.readAllBytes(folder.resolve("back/file")));
  }

  @Test
  void linksAndSpecialFilesAreRefusedByName() throws IOException {
    Path source = sample();
    Files.createSymbolicLink(source.resolve("link"), source.resolve("a.txt"));
    InvalidArgument refused = assertThrows(InvalidArgument.class, () -> imported(source));
    assertTrue(text(refused).contains("link is a symbolic link"), text(refused));
  }

  @Test
  void linksAndSpecialFilesCanBeSkipped() throws IOException, InterruptedException {
    Path source = sample();
    Ref plain = imported(source).tree();
    // A link that leads back up would never end if it were followed.
    Files.createSymbolicLink(source.resolve("loop"), source);
    boolean hasPipe =
        new ProcessBuilder("mkfifo", source.resolve("pipe").toString()).start().waitFor() == 0;
    ImportReport report = new DirectoryImport(store, true).run(source);
    assertEquals(plain, report.tree());
    assertEquals(hasPipe ? 2 : 1, report.skipped().size());
    assertTrue(report.skipped().toString().contains("loop (a symbolic link)"));
  }

  @Test
  void anUnreadableFileIsNamed() throws IOException {
    Path source = sample();
    Files.setPosixFilePermissions(
        source.resolve("a.txt"), PosixFilePermissions.fromString("---------"));
    assumeTrue(!Files.isReadable(source.resolve("a.txt")), "root reads everything");
    InvalidArgument refused = assertThrows(InvalidArgument.class, () -> imported(source));
    assertTrue(text(refused).contains("a.txt cannot be read"), text(refused));
  }

  @Test
  void aNameThatIsNotUtf8IsNamed() throws IOException, InterruptedException {
    Path source = Files.createDirectories(folder.resolve("latin"));
    Process touch =
        new ProcessBuilder("sh", "-c", "touch \"$(printf 'caf\\351')\"")
            .directory(source.toFile())
            .start();
    assumeTrue(touch.waitFor() == 0, "the file system takes only UTF-8");
    InvalidArgument refused = assertThrows(InvalidArgument.class, () -> imported(source));
    assertTrue(text(refused).contains("is not UTF-8"), text(refused));
  }

  @Test
  void namesBeyondAsciiAreKept() throws IOException, InterruptedException {
    Path source = Files.createDirectories(folder.resolve("utf"));
    new ProcessBuilder("sh", "-c", "touch \"$(printf 'caf\\303\\251')\"")
        .directory(source.toFile())
        .start()
        .waitFor();
    Ref tree = imported(source).tree();
    Tree decoded = Tree.decode("t", store.get(tree.hash()).toArray());
    assertEquals(List.of("café"), List.copyOf(decoded.entries().keySet()));
  }

  @Test
  void whatIsNoDirectoryIsSaidSo() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThrows(NotFound.class, () -> imported(folder.resolve("nowhere")));
    assertThrows(InvalidArgument.class, () -> imported(file));
  }

  @Test
  void anExportOverwritesNothingUnlessForced() throws IOException {
    Ref tree = imported(sample()).tree();
    Path target = Files.createDirectories(folder.resolve("out"));
    Files.writeString(target.resolve("a.txt"), "mine");
    assertThrows(Conflict.class, () -> new DirectoryExport(store, false).run(tree, target));
    assertEquals("mine", Files.readString(target.resolve("a.txt")));
    new DirectoryExport(store, true).run(tree, target);
    assertEquals("alpha", Files.readString(target.resolve("a.txt")));
  }

  @Test
  void anExportDoesNotGoThroughLinks() throws IOException {
    Ref tree = imported(sample()).tree();
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    Path target = Files.createDirectories(folder.resolve("out"));
    Files.createSymbolicLink(target.resolve("sub"), elsewhere);
    assertThrows(Conflict.class, () -> new DirectoryExport(store, true).run(tree, target));
    try (Stream<Path> children = Files.list(elsewhere)) {
      assertEquals(0, children.count());
    }
  }

  @Test
  void anExportThatFailsLeavesNoHalfFile() throws IOException {
    Blob there = Blob.of("there".getBytes(StandardCharsets.UTF_8));
    store.put(List.of(there));
    Ref lost = new Ref(Kind.BLOB, Hash.of(new byte[] {7}), 1);
    Blob tree = Tree.of(Map.of("a", Ref.ofBlob(there), "b", lost)).encode();
    store.put(List.of(tree));
    Path target = folder.resolve("out");
    assertThrows(
        FabricException.class,
        () -> new DirectoryExport(store, false).run(Tree.refOf(tree), target));
    assertEquals(List.of("a"), List.copyOf(contents(target).keySet()));
  }

  @Test
  void contentReplacesAFileOrGoesToADevice() throws IOException {
    Blob blob = Blob.of("new".getBytes(StandardCharsets.UTF_8));
    store.put(List.of(blob));
    Path file = Files.writeString(folder.resolve("file"), "old and longer");
    DirectoryExport.writeFile(store, Ref.ofBlob(blob), file);
    assertEquals("new", Files.readString(file));
    DirectoryExport.writeFile(store, Ref.ofBlob(blob), Path.of("/dev/null"));
    assertFalse(Files.isRegularFile(Path.of("/dev/null")));
    assertThrows(Conflict.class, () -> DirectoryExport.writeFile(store, Ref.ofBlob(blob), folder));
  }

  private ImportReport imported(Path source) {
    return new DirectoryImport(store, false).run(source);
  }

  private Path sample() throws IOException {
    Path source = folder.resolve("in");
    Files.createDirectories(source.resolve("empty"));
    Files.createDirectories(source.resolve("sub/deeper"));
    Files.writeString(source.resolve("a.txt"), "alpha");
    Files.writeString(source.resolve("empty.txt"), "");
    Files.writeString(source.resolve("sub/b c.txt"), "beta");
    Files.writeString(source.resolve("sub/deeper/-rf"), "gamma");
    return source;
  }

  private static Map<String, String> contents(Path root) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        contents.put(root.relativize(path).toString(), Files.readString(path));
      }
    }
    return contents;
  }

  private static String text(Exception e) {
    return String.valueOf(e.getMessage());
  }
}
