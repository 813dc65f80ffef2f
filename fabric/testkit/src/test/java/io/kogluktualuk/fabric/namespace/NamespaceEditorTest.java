package io.kogluktualuk.fabric.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class NamespaceEditorTest {

  private final InMemoryBlobs store = new InMemoryBlobs();
  private final Ref a = Ref.ofBlob(Blob.of(new byte[] {1}));
  private final Ref b = Ref.ofBlob(Blob.of(new byte[] {2}));

  @Test
  void changesAWideDirectoryWithoutReadingAllOfIt() {
    NamespaceEditor editor = new NamespaceEditor(store);
    for (int i = 0; i < 5_000; i++) {
      editor.bind(path("/wide/%04d".formatted(i)), a);
    }
    Ref wide = editor.write();
    List<Hash> read = new ArrayList<>();
    BlobStore counting =
        new BlobStore() {
          @Override
          public Blob get(Hash hash) {
            read.add(hash);
            return store.get(hash);
          }

          @Override
          public void put(List<Blob> blobs) {
            store.put(blobs);
          }

          @Override
          public Set<Hash> missing(Collection<Hash> hashes) {
            return store.missing(hashes);
          }
        };
    Ref edited =
        new NamespaceEditor(counting, wide)
            .bind(path("/wide/1234"), b)
            .remove(path("/wide/1235"))
            .move(path("/wide/1236"), path("/moved"))
            .write();
    assertTrue(Set.copyOf(read).size() <= 3, read.size() + " pieces");
    assertEquals(new Resolution.Found(b), at(edited, "/wide/1234"));
    assertEquals(new Resolution.Absent(path("/wide/1235")), at(edited, "/wide/1235"));
    assertEquals(new Resolution.Absent(path("/wide/1236")), at(edited, "/wide/1236"));
    assertEquals(new Resolution.Found(a), at(edited, "/moved"));
    assertEquals(
        wide,
        new NamespaceEditor(store, edited)
            .bind(path("/wide/1234"), a)
            .bind(path("/wide/1235"), a)
            .move(path("/moved"), path("/wide/1236"))
            .write());
  }

  @Test
  void resolvesWhatItBinds() {
    Blob thunk = new Thunk(List.of("/bin/x"), null).encode();
    Ref root =
        new NamespaceEditor(store)
            .bind(path("/x/y/z"), a)
            .bind(path("/x/t"), Thunk.refOf(thunk))
            .makeDirectory(path("/empty"))
            .write();
    assertEquals(new Resolution.Found(a), at(root, "/x/y/z"));
    assertEquals(new Resolution.Found(Tree.refOf(Tree.EMPTY.encode())), at(root, "/empty"));
    assertEquals(new Resolution.Absent(path("/x/q")), at(root, "/x/q/r"));
    assertEquals(new Resolution.NotADirectory(path("/x/y/z")), at(root, "/x/y/z/more"));
    assertEquals(new Resolution.Blocked(path("/x/t"), Thunk.refOf(thunk)), at(root, "/x/t/in"));
    assertEquals(new Resolution.Found(root), at(root, "/"));
  }

  @Test
  void changesOnlyTheTreesOnThePath() {
    Ref root = new NamespaceEditor(store).bind(path("/x/y"), a).bind(path("/p/q"), a).write();
    int before = store.size();
    Ref changed = new NamespaceEditor(store, root).bind(path("/x/y"), b).write();
    assertEquals(before + 2, store.size());
    assertEquals(at(root, "/p"), at(changed, "/p"));
    assertEquals(root, new NamespaceEditor(store, changed).bind(path("/x/y"), a).write());
  }

  @Test
  void refusesWhatCannotBeBound() {
    Ref root = new NamespaceEditor(store).bind(path("/x"), a).write();
    NamespaceEditor editor = new NamespaceEditor(store, root);
    assertThrows(Conflict.class, () -> editor.bind(path("/x/y"), b));
    assertThrows(Conflict.class, () -> editor.bind(path("/"), b));
    assertThrows(NotFound.class, () -> editor.remove(path("/nothing")));
    assertThrows(NotFound.class, () -> editor.remove(path("/no/where")));
  }

  @Test
  void movesWhatStandsAtAPath() {
    Ref root = new NamespaceEditor(store).bind(path("/x/y"), a).bind(path("/p/q"), b).write();
    Ref file = new NamespaceEditor(store, root).move(path("/x/y"), path("/new/z")).write();
    assertEquals(new Resolution.Found(a), at(file, "/new/z"));
    assertEquals(new Resolution.Absent(path("/x/y")), at(file, "/x/y"));
    Ref directory = new NamespaceEditor(store, root).move(path("/x"), path("/p/x")).write();
    assertEquals(at(root, "/x"), at(directory, "/p/x"));
    Ref changed =
        new NamespaceEditor(store, root)
            .bind(path("/x/more"), b)
            .move(path("/x"), path("/moved"))
            .write();
    assertEquals(new Resolution.Found(b), at(changed, "/moved/more"));
    assertEquals(new Resolution.Found(a), at(changed, "/moved/y"));
    assertEquals(new Resolution.Absent(path("/x")), at(changed, "/x"));
  }

  @Test
  void refusesMovesThatLoseSomething() {
    Ref root = new NamespaceEditor(store).bind(path("/x/y"), a).bind(path("/p/q"), b).write();
    NamespaceEditor editor = new NamespaceEditor(store, root);
    assertThrows(Conflict.class, () -> editor.move(path("/x"), path("/x/y/z")));
    assertThrows(Conflict.class, () -> editor.move(path("/x"), path("/x")));
    assertThrows(Conflict.class, () -> editor.move(path("/x/y"), path("/p")));
    assertThrows(Conflict.class, () -> editor.move(path("/"), path("/p/r")));
    assertThrows(Conflict.class, () -> editor.move(path("/p/q"), path("/x/y/z")));
    assertThrows(NotFound.class, () -> editor.move(path("/x/none"), path("/r")));
    assertEquals(root, editor.write());
  }

  @Test
  void anyEditsGiveTheTreeOfTheirResult() {
    Seeds.run(
        NamespaceEditorTest.class,
        100,
        random -> {
          Map<NamePath, Ref> model = new TreeMap<>();
          Ref root = new NamespaceEditor(store).write();
          for (int i = 0; i < 30; i++) {
            NamePath path =
                path(
                    "/d" + random.nextInt(3) + "/e" + random.nextInt(3) + "/f" + random.nextInt(4));
            NamespaceEditor editor = new NamespaceEditor(store, root);
            List<NamePath> bound = new ArrayList<>(model.keySet());
            if (!bound.isEmpty() && random.nextInt(4) == 0) {
              NamePath removed = bound.get(random.nextInt(bound.size()));
              editor.remove(removed);
              model.remove(removed);
            } else {
              Ref ref = random.nextBoolean() ? a : b;
              editor.bind(path, ref);
              model.put(path, ref);
            }
            root = editor.write();
          }
          for (Map.Entry<NamePath, Ref> entry : model.entrySet()) {
            assertEquals(
                new Resolution.Found(entry.getValue()), at(root, entry.getKey().toString()));
          }
          assertTrue(model.size() <= 36);
        });
  }

  private Resolution at(Ref root, String path) {
    return Resolution.of(store, root, path(path));
  }

  private static NamePath path(String text) {
    return NamePath.parse(text);
  }
}
