package io.kogluktualuk.fabric.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Foreign pieces of wide directories: whoever goes through all of one is told that it is
/// malformed, or it is the one form that its entries have.
final class WideTreeFuzz {

  private static final Ref VALUE = Ref.ofBlob(Blob.of(new byte[] {1}));

  private final InMemoryBlobs store = new InMemoryBlobs();
  private final TreePieces pieces = TreePieces.of(store);
  private final TreeMap<String, Ref> entries = new TreeMap<>(Tree.NAME_ORDER);
  private final Ref tree = wide();

  private Ref wide() {
    for (int i = 0; i < 2_400; i++) {
      entries.put(
          "%c%04d".formatted('a' + i % 3, i * 7) + "-".repeat(i % 2 == 0 ? 180 : 20), VALUE);
    }
    return write(entries);
  }

  private Ref write(Map<String, Ref> written) {
    return TreeBuilder.write(written, piece -> store.put(List.of(piece)));
  }

  /// Does everything with a directory that can be done.
  private void use(Blob top, RandomGenerator random) {
    store.put(List.of(top));
    Ref foreign = Tree.refOf(top);
    try {
      TreeMap<String, Ref> found = new TreeMap<>(Tree.NAME_ORDER);
      for (Map.Entry<String, Ref> entry : TreeView.of(pieces, foreign)) {
        found.put(entry.getKey(), entry.getValue());
      }
      assertEquals(foreign, write(found));
    } catch (FabricException _) {
      // Refused, or a piece is not there.
    }
    List<String> names = List.copyOf(entries.keySet());
    String name = names.get(random.nextInt(names.size()));
    unlessRefused(() -> TreeView.of(pieces, foreign).get(name));
    Map<String, Optional<Ref>> changes = new TreeMap<>(Tree.NAME_ORDER);
    for (int i = 0; i < 5; i++) {
      changes.put(names.get(random.nextInt(names.size())) + (i < 2 ? "" : i), Optional.of(VALUE));
      changes.put(names.get(random.nextInt(names.size())), Optional.empty());
    }
    unlessRefused(
        () -> TreeEdit.apply(pieces, foreign, changes, piece -> store.put(List.of(piece))));
    unlessRefused(() -> TreeComparison.between(pieces, tree, foreign, (_, _, _) -> {}));
  }

  private static void unlessRefused(Runnable use) {
    try {
      use.run();
    } catch (FabricException _) {
      // Refused.
    }
  }

  @Test
  void damagedPages() {
    byte[] valid = store.get(tree.hash()).toArray();
    Seeds.run(
        WideTreeFuzz.class,
        600,
        random -> {
          byte[] mutated = Mutations.mutate(valid, random);
          try {
            TreePage page = TreePage.decode("x", mutated);
            Blob again = page.encode();
            assertEquals(Blob.of(mutated).hash(), again.hash());
            use(again, random);
          } catch (MalformedEncoding _) {
            // Refused.
          }
        });
  }

  @Test
  void pagesOfWrongParts() {
    TreePage valid = (TreePage) pieces.get(tree);
    Seeds.run(
        WideTreeFuzz.class,
        600,
        random -> {
          List<TreePage.Part> parts = new ArrayList<>();
          List<byte[]> separators = new ArrayList<>();
          for (int i = 0; i < valid.partCount(); i++) {
            parts.add(valid.part(i));
            if (i > 0) {
              separators.add(valid.separator(i - 1));
            }
          }
          for (int i = 0; i < random.nextInt(1, 4); i++) {
            spoil(parts, separators, random);
          }
          Blob encoding = TreePage.of(parts, separators).encode();
          if (!encoding.hash().equals(tree.hash())) {
            use(encoding, random);
          }
        });
  }

  private static void spoil(
      List<TreePage.Part> parts, List<byte[]> separators, RandomGenerator random) {
    int at = random.nextInt(separators.size());
    switch (random.nextInt(6)) {
      case 0 -> Collections.swap(parts, at, random.nextInt(parts.size()));
      case 1 -> Collections.swap(separators, at, random.nextInt(separators.size()));
      case 2 -> {
        if (separators.size() > 1) {
          separators.remove(at);
          parts.remove(random.nextInt(parts.size()));
        }
      }
      case 3 -> {
        separators.add(at, separators.get(random.nextInt(separators.size())));
        parts.add(at, parts.get(random.nextInt(parts.size())));
      }
      case 4 -> {
        byte[] damaged = Mutations.mutate(separators.get(at), random);
        if (damaged.length > 0 && damaged.length <= Tree.NAME_BYTES_MAX) {
          separators.set(at, damaged);
        }
      }
      default -> {
        TreePage.Part part = parts.get(at);
        parts.set(
            at,
            new TreePage.Part(
                part.ref(),
                part.entries() + random.nextInt(-1, 2),
                part.bytes() + random.nextInt(-2, 3)));
      }
    }
  }

  @Test
  void whatIsTooMuchForOnePieceIsRefused() {
    Map<String, Ref> many = new TreeMap<>();
    for (int i = 0; i < 400; i++) {
      many.put("%03d".formatted(i) + "x".repeat(250), VALUE);
    }
    assertThrows(FabricException.class, () -> Tree.of(many));
    // As it was written when a directory was one piece whatever its size.
    CanonicalWriter writer = new CanonicalWriter();
    writer.raw(new byte[] {'k', 'o', 'g', 'T', 1}).varint(many.size());
    many.forEach((name, ref) -> Ref.CODEC.write(ref, writer.text(name)));
    assertThrows(MalformedEncoding.class, () -> TreePiece.decode("x", writer.toBytes()));
  }
}
