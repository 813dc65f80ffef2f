package io.kogluktualuk.fabric.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Directories of more than one piece: the pieces follow from the entries, whatever their names
/// and however they came about.
final class WideTreeTest {

  private static final int NAMINGS = 6;

  private final InMemoryBlobs store = new InMemoryBlobs();
  private final List<Hash> read = new ArrayList<>();
  private final TreePieces pieces =
      ref -> {
        read.add(ref.hash());
        return TreePieces.of(store).get(ref);
      };

  private Ref write(Map<String, Ref> entries) {
    return TreeBuilder.write(entries, piece -> store.put(List.of(piece)));
  }

  private Ref apply(Ref tree, Map<String, Optional<Ref>> changes) {
    return TreeEdit.apply(pieces, tree, changes, piece -> store.put(List.of(piece)));
  }

  private Map<String, Ref> entries(Ref tree) {
    Map<String, Ref> entries = new TreeMap<>(Tree.NAME_ORDER);
    String previous = "";
    for (Map.Entry<String, Ref> entry : TreeView.of(pieces, tree)) {
      assertTrue(Tree.NAME_ORDER.compare(previous, entry.getKey()) < 0, entry.getKey());
      previous = entry.getKey();
      entries.put(entry.getKey(), entry.getValue());
    }
    return entries;
  }

  private static Ref value(RandomGenerator random) {
    return Ref.ofBlob(Blob.of(new byte[] {(byte) random.nextInt(3)}));
  }

  /// Names as people and adversaries choose them.
  private static String name(int naming, RandomGenerator random) {
    return switch (naming) {
      case 0 -> "%08d".formatted(random.nextInt(100_000)) + "x".repeat(200);
      case 1 -> Long.toHexString(random.nextLong()) + "-".repeat(100);
      case 2 ->
          random
              .ints(random.nextInt(1, 80), 'ß', 'ÿ')
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      // One chain as deep as names are long, and something on each side of it.
      case 3 -> "a".repeat(random.nextInt(1, 250)) + (char) ('a' + random.nextInt(5));
      case 4 ->
          (char) ('b' + random.nextInt(4))
              + "\u0001".repeat(random.nextInt(1, 240))
              + "%02d".formatted(random.nextInt(100));
      default -> name(random.nextInt(NAMINGS - 1), random);
    };
  }

  /// Of one piece, of one page, and of several.
  private static int count(RandomGenerator random) {
    return random.nextInt(random.nextInt(8) == 0 ? 16_000 : 5_000);
  }

  private static Map<String, Ref> some(int naming, int count, RandomGenerator random) {
    Map<String, Ref> entries = new TreeMap<>(Tree.NAME_ORDER);
    for (int i = 0; i < count; i++) {
      entries.put(name(naming, random), value(random));
    }
    return entries;
  }

  private static Map<String, Optional<Ref>> changes(
      int naming, Map<String, Ref> entries, RandomGenerator random) {
    Map<String, Optional<Ref>> changes = new HashMap<>();
    List<String> names = List.copyOf(entries.keySet());
    int count = random.nextBoolean() ? 1 : random.nextInt(1, 300);
    for (int i = 0; i < count; i++) {
      if (!names.isEmpty() && random.nextBoolean()) {
        String name = names.get(random.nextInt(names.size()));
        changes.put(name, random.nextInt(3) == 0 ? Optional.of(value(random)) : Optional.empty());
      } else {
        changes.put(name(naming, random), Optional.of(value(random)));
      }
    }
    if (random.nextInt(8) == 0) {
      int from = random.nextInt(names.size() + 1);
      names
          .subList(from, random.nextInt(from, names.size() + 1))
          .forEach(name -> changes.put(name, Optional.empty()));
    }
    return changes;
  }

  private static void apply(Map<String, Ref> entries, Map<String, Optional<Ref>> changes) {
    changes.forEach(
        (name, value) ->
            value.ifPresentOrElse(ref -> entries.put(name, ref), () -> entries.remove(name)));
  }

  @Test
  void anyHistoryOfEditsEndsInTheSameTree() {
    Seeds.run(
        WideTreeTest.class,
        20,
        random -> {
          int naming = random.nextInt(NAMINGS);
          Map<String, Ref> entries = some(naming, count(random), random);
          Ref tree = write(entries);
          for (int i = 0; i < 8; i++) {
            Map<String, Optional<Ref>> changes = changes(naming, entries, random);
            apply(entries, changes);
            tree = apply(tree, changes);
            assertEquals(write(entries), tree);
          }
          assertEquals(entries, entries(tree));
        });
  }

  @Test
  void whatDiffersMakesTheOtherOfEither() {
    Seeds.run(
        WideTreeTest.class,
        20,
        random -> {
          int naming = random.nextInt(NAMINGS);
          Map<String, Ref> entries = some(naming, count(random), random);
          Ref before = write(entries);
          Map<String, Ref> later = new TreeMap<>(entries);
          for (int i = 0; i < random.nextInt(4); i++) {
            apply(later, changes(naming, later, random));
          }
          Ref after = write(later);
          Map<String, Optional<Ref>> changes = new TreeMap<>(Tree.NAME_ORDER);
          Set<Hash> fresh = reach(after);
          fresh.removeAll(reach(before));
          List<String> order = new ArrayList<>();
          TreeComparison.between(
              pieces,
              before,
              after,
              new TreeComparison.Listener() {
                @Override
                public void differs(String name, @Nullable Ref old, @Nullable Ref now) {
                  assertEquals(entries.get(name), old);
                  order.add(name);
                  changes.put(name, Optional.ofNullable(now));
                }

                @Override
                public void read(Ref piece) {
                  fresh.remove(piece.hash());
                }
              });
          assertEquals(List.copyOf(changes.keySet()), order);
          assertEquals(after, apply(before, changes));
          assertEquals(Set.of(), fresh);
        });
  }

  /// The pieces of a directory.
  private Set<Hash> reach(Ref tree) {
    Set<Hash> all = new HashSet<>();
    Reach.visit(
        store,
        List.of(tree),
        new Reach.Visitor() {
          @Override
          public boolean reached(Hash hash) {
            return store.missing(List.of(hash)).isEmpty() && all.add(hash);
          }

          @Override
          public void unreadable(Ref ref, FabricException reason) {
            throw reason;
          }
        });
    return all;
  }

  @Test
  void eachNameIsFoundInAFewPiecesAndNoOther() {
    Seeds.run(
        WideTreeTest.class,
        12,
        random -> {
          int naming = random.nextInt(NAMINGS);
          Map<String, Ref> entries = some(naming, count(random), random);
          Ref tree = write(entries);
          int rank = TreePage.rank(TreeView.of(pieces, tree).bytes());
          for (String name : entries.keySet().stream().limit(200).toList()) {
            read.clear();
            assertEquals(entries.get(name), TreeView.of(pieces, tree).get(name));
            assertTrue(read.size() <= rank + 1, read.size() + " pieces for rank " + rank);
          }
          for (int i = 0; i < 200; i++) {
            String name = name(naming, random);
            assertEquals(entries.get(name), TreeView.of(pieces, tree).get(name));
          }
          List<Map.Entry<String, Ref>> all = List.copyOf(entries.entrySet());
          for (int i = 0; i < 10; i++) {
            int from = random.nextInt(all.size() + 2);
            int count = random.nextInt(2_000);
            int start = Math.min(from, all.size());
            assertEquals(
                all.subList(start, Math.min(all.size(), start + count)),
                TreeView.of(pieces, tree).part(from, count));
          }
          assertEquals(entries.size(), TreeView.of(pieces, tree).size());
        });
  }

  @Test
  void hasItsGoldenHash() {
    Map<String, Ref> entries = new TreeMap<>();
    for (int i = 0; i < 5_000; i++) {
      entries.put("%05d".formatted(i), Ref.ofBlob(Blob.of(new byte[] {1})));
    }
    String golden = "tree:8b035b33d6599d5da6ccac6a446687f88cf3759888a2c8fea726541dc3a0d712:204";
    assertEquals(golden, write(entries).toString());
  }

  @Test
  void eachPieceIsTheDirectoryOfItsEntries() {
    Seeds.run(
        WideTreeTest.class,
        4,
        random -> {
          Ref tree = write(some(random.nextInt(NAMINGS), 6_000, random));
          for (Hash hash : reach(tree)) {
            Blob piece = store.get(hash);
            Ref ref = Tree.refOf(piece);
            assertEquals(piece.hash(), TreePiece.decode("p", piece.toArray()).encode().hash());
            assertEquals(ref, write(entries(ref)));
          }
        });
  }

  /// As it was written before there were pages.
  @Test
  void aWideTreeOfAnOlderVersionIsRefusedWithTheRemedy() {
    CanonicalWriter writer = new CanonicalWriter();
    int count = 2_000;
    writer.raw("kogT\u0001".getBytes(StandardCharsets.US_ASCII)).varint(count);
    Ref file = Ref.ofBlob(Blob.of(new byte[] {1}));
    for (int i = 0; i < count; i++) {
      Ref.CODEC.write(file, writer.text("name %04d".formatted(i)));
    }
    Blob old = Blob.of(writer.toBytes());
    store.put(List.of(old));
    Ref ref = new Ref(Kind.TREE, old.hash(), old.length());
    MalformedEncoding fault =
        assertThrows(MalformedEncoding.class, () -> TreePieces.of(store).get(ref));
    String message = String.valueOf(fault.getMessage());
    assertTrue(message.contains(old.hash().toHex()), message);
    assertTrue(message.contains("at most 65536"), message);
    assertTrue(message.contains("import the directory again"), message);
  }

  @Test
  void aDirectoryIsSplitWhenItIsMoreThanOnePiece() {
    Map<String, Ref> entries = new TreeMap<>();
    Ref value = Ref.ofBlob(Blob.of(new byte[] {1}));
    while (Tree.entryBytes(List.copyOf(entries.keySet()), List.copyOf(entries.values()))
        < Tree.ENTRY_BYTES_MAX - 120) {
      entries.put("%012d".formatted(entries.size()), value);
    }
    int left =
        Tree.ENTRY_BYTES_MAX
            - (int) Tree.entryBytes(List.copyOf(entries.keySet()), List.copyOf(entries.values()))
            - Ref.ENCODED_BYTES_MIN
            - 1;
    entries.put("z".repeat(left), value);
    Ref narrow = write(entries);
    assertEquals(Tree.refOf(Tree.of(entries).encode()), narrow);
    Ref wide = apply(narrow, Map.of("y", Optional.of(value)));
    assertInstanceOf(TreePage.class, pieces.get(wide));
    assertNull(TreeView.of(pieces, narrow).get("y"));
    assertEquals(value, TreeView.of(pieces, wide).get("y"));
    assertEquals(narrow, apply(wide, Map.of("y", Optional.empty())));
    assertEquals(Tree.refOf(Tree.EMPTY.encode()), apply(narrow, removed(entries.keySet())));
  }

  private static Map<String, Optional<Ref>> removed(Set<String> names) {
    Map<String, Optional<Ref>> changes = new HashMap<>();
    names.forEach(name -> changes.put(name, Optional.empty()));
    return changes;
  }
}
