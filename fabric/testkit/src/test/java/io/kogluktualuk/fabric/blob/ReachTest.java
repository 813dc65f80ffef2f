package io.kogluktualuk.fabric.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ReachTest {

  private final InMemoryBlobs store = new InMemoryBlobs();
  private final Set<Hash> reached = new HashSet<>();
  private final List<Ref> unreadable = new ArrayList<>();

  private final Reach.Visitor visitor =
      new Reach.Visitor() {
        @Override
        public boolean reached(Hash hash) {
          return reached.add(hash);
        }

        @Override
        public void unreadable(Ref ref, FabricException reason) {
          assertTrue(reason instanceof NotFound, reason.toString());
          unreadable.add(ref);
        }
      };

  private Ref blob(String text) {
    Blob blob = Blob.of(text.getBytes(StandardCharsets.UTF_8));
    store.put(List.of(blob));
    return Ref.ofBlob(blob);
  }

  private Ref tree(Map<String, Ref> entries) {
    Blob encoding = Tree.of(entries).encode();
    store.put(List.of(encoding));
    return Tree.refOf(encoding);
  }

  private Ref list() {
    byte[] bytes = new byte[Blob.LENGTH_MAX + 1];
    return new ContentWriter(store).write(bytes, 0, bytes.length).finish();
  }

  @Test
  void everyPartOfAValueIsReached() {
    Ref inner = tree(Map.of("b", blob("b"), "long", list()));
    Ref root = tree(Map.of("a", blob("a"), "inner", inner, "again", inner));
    Reach.visit(store, List.of(root), visitor);
    assertEquals(store.missing(reached), Set.of());
    assertEquals(store.size(), reached.size());
    assertEquals(List.of(), unreadable);
  }

  @Test
  void whatCannotBeReadIsToldAndTheRestIsReached() {
    Blob lost = Tree.of(Map.of("x", blob("x"))).encode();
    Ref beside = blob("beside");
    Ref root = tree(Map.of("lost", Tree.refOf(lost), "beside", beside));
    Reach.visit(store, List.of(root), visitor);
    assertEquals(List.of(Tree.refOf(lost)), unreadable);
    assertEquals(Set.of(root.hash(), lost.hash(), beside.hash()), reached);
  }

  @Test
  void whatTheVisitorHasSeenIsNotEntered() {
    Ref known = tree(Map.of("k", blob("k")));
    reached.add(known.hash());
    Reach.visit(store, List.of(known), visitor);
    assertEquals(Set.of(known.hash()), reached);
  }
}
