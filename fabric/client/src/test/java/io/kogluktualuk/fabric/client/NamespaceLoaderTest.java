package io.kogluktualuk.fabric.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.Resolution;
import io.kogluktualuk.fabric.namespace.Thunk;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespaceLoaderTest {

  private final Path folder;
  private final InMemoryBlobs store = new InMemoryBlobs();
  private final Blob trades = Blob.of("AAPL 3\n".getBytes(StandardCharsets.UTF_8));
  private final RefReader refs =
      new RefReader(
          store,
          prefix -> {
            if (trades.hash().toHex().startsWith(prefix)) {
              return trades.hash();
            }
            throw new NotFound("nothing begins with " + prefix);
          });

  NamespaceLoaderTest(@TempDir Path folder) {
    this.folder = folder;
    store.put(List.of(trades));
  }

  @Test
  void everySourceIsBound() throws IOException {
    Files.createDirectories(folder.resolve("lib"));
    Files.writeString(folder.resolve("lib/x.h"), "int x;");
    Files.writeString(folder.resolve("sort.c"), "int main;");
    Ref root =
        load(
            """
            # a comment
            /lib/extra.h      file sort.c
            /lib              file ./lib
            /data/trades      blob %s
            /data/brief       blob %s
            /bin/sort         do {/src=/lib/x.h /bin/cc} /bin/cc /src
            """
                .formatted(trades.hash().toHex(), trades.hash().toHex().substring(0, 8)));
    assertEquals(Ref.ofBlob(trades), at(root, "/data/trades"));
    assertEquals(Ref.ofBlob(trades), at(root, "/data/brief"));
    assertEquals("int x;", text(at(root, "/lib/x.h")));
    assertEquals("int main;", text(at(root, "/lib/extra.h")));
    Ref thunk = at(root, "/bin/sort");
    assertEquals(Kind.THUNK, thunk.kind());
    Thunk decoded = Thunk.decode("t", store.get(thunk.hash()).toArray());
    assertEquals(List.of("/bin/cc", "/src"), decoded.argv());
    assertEquals(2, decoded.inputs() == null ? 0 : decoded.inputs().size());
  }

  @Test
  void theSameTextGivesTheSameTreeInAnyOrderOfLines() {
    String one = "/a/b do /x 1\n/a/c do /x 2\n";
    String other = "/a/c do /x 2\n\n/a/b   do /x 1 # same\n";
    assertEquals(load(one), load(other));
  }

  @Test
  void errorsNameFileAndLine() {
    assertFails(NotFound.class, "ns:2: ", "\n/a file nowhere.txt");
    assertFails(NotFound.class, "ns:1: ", "/a blob 0123456789");
    assertFails(MalformedEncoding.class, "ns:1: ", "/a tree " + trades.hash());
    assertFails(MalformedEncoding.class, "ns:1: ", "/a list " + trades.hash());
    assertFails(Conflict.class, "ns:2: ", "/a blob " + trades.hash() + "\n/a/b do /x");
    assertFails(MalformedEncoding.class, "ns:3:4: ", "/a do /x\n\n/b bolb 12345678");
  }

  @Test
  void aBareHashIsReadAsWhatItEncodes() {
    Ref tree = load("/a do /x 1");
    assertEquals(tree, refs.read(tree.hash().toHex()));
    assertEquals(Ref.ofBlob(trades), refs.read(trades.hash().toHex().substring(0, 10)));
    assertEquals(Ref.ofBlob(trades), refs.read(trades.hash().toHex().toUpperCase(Locale.ROOT)));
    assertEquals(tree, refs.read(tree.toString()));
    Blob pretender = Blob.of("kogT and no more".getBytes(StandardCharsets.US_ASCII));
    store.put(List.of(pretender));
    assertEquals(Ref.ofBlob(pretender), refs.read(pretender.hash().toHex()));
  }

  @Test
  void whatIsNoRefIsSaidSo() {
    assertThrows(InvalidArgument.class, () -> refs.read("1234567"));
    assertThrows(InvalidArgument.class, () -> refs.read("trades.txt"));
    assertThrows(InvalidArgument.class, () -> refs.read("blub:12:1"));
    assertThrows(NotFound.class, () -> refs.read(Hash.of(new byte[] {9}).toHex()));
  }

  private Ref load(String text) {
    return new NamespaceLoader(store, refs, false).load("ns", text, folder);
  }

  private <T extends FabricException> void assertFails(Class<T> kind, String start, String text) {
    T thrown = assertThrows(kind, () -> load(text));
    assertTrue(String.valueOf(thrown.getMessage()).startsWith(start), thrown.getMessage());
  }

  private Ref at(Ref root, String path) {
    Resolution resolution = Resolution.of(store, root, NamePath.parse(path));
    return assertInstanceOf(Resolution.Found.class, resolution).ref();
  }

  private String text(Ref ref) {
    return new String(store.get(ref.hash()).toArray(), StandardCharsets.UTF_8);
  }
}
