package io.kogluktualuk.fabric.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// A directory of a million: a name is found, changed and told from another in a few pieces of it.
final class MillionEntriesTest {

  private static final int ENTRIES = 1_000_000;
  private static final Ref VALUE = Ref.ofBlob(Blob.of(new byte[] {1}));
  private static final Ref OTHER = Ref.ofBlob(Blob.of(new byte[] {2}));

  /// Two pages and a tree.
  private static final int DEPTH = 3;

  private final InMemoryBlobs store = new InMemoryBlobs();
  private final AtomicInteger reads = new AtomicInteger();
  private final TreePieces pieces =
      ref -> {
        reads.incrementAndGet();
        return TreePieces.of(store).get(ref);
      };

  private static String name(int i) {
    return "entry-%07d".formatted(i);
  }

  @Test
  void aFewPiecesAreReadAndWritten() {
    AtomicLong largest = new AtomicLong();
    TreeBuilder builder =
        new TreeBuilder(
            pieces,
            piece -> {
              largest.accumulateAndGet(piece.length(), Math::max);
              store.put(List.of(piece));
            });
    for (int i = 0; i < ENTRIES; i++) {
      builder.add(name(i), VALUE);
    }
    Ref tree = builder.finish();
    assertEquals(0, reads.get());
    assertTrue(largest.get() <= Tree.ENTRY_BYTES_MAX + 16, largest + " bytes in one piece");

    assertEquals(VALUE, TreeView.of(pieces, tree).get(name(765_432)));
    assertEquals(DEPTH, reads.getAndSet(0));

    List<Blob> written = new ArrayList<>();
    Ref edited =
        TreeEdit.apply(pieces, tree, Map.of(name(123_456), Optional.of(OTHER)), written::add);
    assertEquals(DEPTH, reads.getAndSet(0));
    assertEquals(DEPTH, written.size());
    store.put(written);

    List<String> different = new ArrayList<>();
    TreeComparison.between(pieces, tree, edited, (name, _, _) -> different.add(name));
    assertEquals(List.of(name(123_456)), different);
    assertEquals(2 * DEPTH, reads.getAndSet(0));

    int listed = 0;
    for (Map.Entry<String, Ref> entry : TreeView.of(pieces, edited)) {
      assertEquals(name(listed++), entry.getKey());
    }
    assertEquals(ENTRIES, listed);
    assertEquals(
        tree,
        TreeEdit.apply(pieces, edited, Map.of(name(123_456), Optional.of(VALUE)), written::add));
  }
}
