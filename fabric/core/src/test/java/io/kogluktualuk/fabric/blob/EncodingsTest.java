package io.kogluktualuk.fabric.blob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.Thunk;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Golden bytes: these encodings name data that people have stored, so they never change.
final class EncodingsTest {

  private static final String H1 = "11".repeat(32);
  private static final String H2 = "22".repeat(32);

  private static final String TREE =
      "6b6f675401" + "02" + "0161" + "01" + H1 + "05" + "0162" + "03" + H2 + "8001";
  private static final String LIST = "6b6f674c01" + H1 + "02" + H2 + "80808002" + H1 + "01";
  private static final String PARTS = "6b6f674c02" + "02" + H2 + "80808002" + H1 + "01";
  private static final String THUNK =
      "6b6f674401" + "02" + "032f6269" + "0178" + "01" + "01" + "022f61" + "022f62";

  @Test
  void treeHasItsGoldenBytes() {
    Tree tree =
        Tree.of(
            Map.of(
                "b", new Ref(Kind.TREE, Hash.parse(H2), 128),
                "a", new Ref(Kind.BLOB, Hash.parse(H1), 5)));
    assertEquals(TREE, hex(tree.encode()));
    assertEquals(tree.entries(), Tree.decode("t", bytes(TREE)).entries());
  }

  @Test
  void listHasItsGoldenBytes() {
    ContentList list =
        ContentList.of(
            Hash.parse(H1),
            List.of(
                new ContentList.Chunk(Hash.parse(H2), 4 << 20),
                new ContentList.Chunk(Hash.parse(H1), 1)));
    assertEquals(LIST, hex(list.encode()));
    assertEquals(list.chunks(), ContentList.decode("l", bytes(LIST)).chunks());
    assertEquals((4 << 20) + 1, list.length());
    assertEquals(0, list.chunkAt((4 << 20) - 1));
    assertEquals(1, list.chunkAt(4 << 20));
  }

  @Test
  void listOfPartsHasItsGoldenBytes() {
    ContentList list =
        ContentList.ofParts(
            List.of(
                new ContentList.Chunk(Hash.parse(H2), 4 << 20),
                new ContentList.Chunk(Hash.parse(H1), 1)));
    assertEquals(PARTS, hex(list.encode()));
    ContentList decoded = ContentList.decode("l", bytes(PARTS));
    assertEquals(list.chunks(), decoded.chunks());
    assertNull(decoded.contentHash());
    assertEquals(Hash.parse(H1), ContentList.decode("l", bytes(LIST)).contentHash());
  }

  @Test
  void thunkHasItsGoldenBytes() {
    Thunk thunk = new Thunk(List.of("/bi", "x"), List.of(Thunk.Input.parse("/a=/b")));
    assertEquals(THUNK, hex(thunk.encode()));
    assertEquals(thunk, Thunk.decode("d", bytes(THUNK)));
  }

  @Test
  void emptyTreeIsAValue() {
    assertArrayEquals(bytes("6b6f67540100"), Tree.EMPTY.encode().toArray());
  }

  @Test
  void treeRefusesEveryOtherForm() {
    refusesTree("6b6f675402" + "00", "begin");
    refusesTree("6b6f675401" + "8000", "shortest");
    refusesTree("6b6f675401" + "00" + "00", "left over");
    refusesTree(TREE.substring(0, TREE.length() - 2), "truncated");
    String a = "0161" + "01" + H1 + "05";
    refusesTree("6b6f675401" + "02" + a + a, "does not come after");
    refusesTree("6b6f675401" + "02" + "0162" + "01" + H1 + "05" + a, "does not come after");
    refusesTree("6b6f675401" + "01" + "022e2e" + "01" + H1 + "05", "'..'");
    refusesTree("6b6f675401" + "01" + "03612f62" + "01" + H1 + "05", "'/'");
    refusesTree("6b6f675401" + "01" + "02c328" + "01" + H1 + "05", "UTF-8");
    refusesTree("6b6f675401" + "01" + "0161" + "05" + H1 + "05", "no kind has tag 5");
    refusesTree("6b6f675401" + "01" + "0161" + "02" + H1 + "05", "a list cannot be 5 bytes");
    refusesTree("6b6f675401" + "ffffff7f" + a, "number of entries");
  }

  @Test
  void listRefusesEveryOtherForm() {
    refusesList("6b6f674c01" + H1 + "01" + H2 + "80808002", "is not a list");
    refusesList("6b6f674c01" + H1 + "02" + H2 + "05" + H1 + "01", "is not a list");
    refusesList("6b6f674c01" + H1 + "02" + H2 + "80808002" + H1 + "00", "is empty");
    refusesList("6b6f674c01" + H1 + "02" + H2 + "81808002" + H1 + "01", "the length of chunk 0");
    refusesList(LIST + "00", "left over");
    refusesList(PARTS + "00", "left over");
    refusesList("6b6f674c02" + "01" + H2 + "80808002", "is not a list");
    refusesList("6b6f674c02" + H1 + "02" + H2 + "80808002" + H1 + "01", "");
    refusesList("6b6f674c00" + LIST.substring(10), "version");
    refusesList("6b6f674c03" + PARTS.substring(10), "version");
  }

  @Test
  void thunkRefusesEveryOtherForm() {
    refuses("6b6f67440100" + "00", "no arguments", Encoded.THUNK);
    refuses("6b6f674401" + "010178" + "02", "truth value", Encoded.THUNK);
    refuses(
        "6b6f674401" + "010178" + "01" + "02" + "022f62022f61" + "022f61022f61",
        "come after",
        Encoded.THUNK);
    refuses("6b6f674401" + "010178" + "01" + "01" + "022f61032f612f", "normalised", Encoded.THUNK);
  }

  private enum Encoded {
    TREE,
    LIST,
    THUNK
  }

  private static void refusesTree(String hex, String reason) {
    refuses(hex, reason, Encoded.TREE);
  }

  private static void refusesList(String hex, String reason) {
    refuses(hex, reason, Encoded.LIST);
  }

  private static void refuses(String hex, String reason, Encoded kind) {
    MalformedEncoding thrown =
        assertThrows(
            MalformedEncoding.class,
            () -> {
              switch (kind) {
                case TREE -> Tree.decode("x", bytes(hex));
                case LIST -> ContentList.decode("x", bytes(hex));
                case THUNK -> Thunk.decode("x", bytes(hex));
              }
            });
    assertTrue(
        String.valueOf(thrown.getMessage()).contains(reason),
        () -> "'" + thrown.getMessage() + "' should say '" + reason + "'");
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static String hex(Blob blob) {
    return HexFormat.of().formatHex(blob.bytes().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
  }

  @Test
  void refTextIsReadBack() {
    Ref ref = new Ref(Kind.LIST, Hash.of("x".getBytes(StandardCharsets.UTF_8)), 1L << 40);
    assertEquals(ref, Ref.parse(ref.toString()));
  }
}
