package io.kogluktualuk.fabric.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.namespace.TreeDiff.Difference;
import io.kogluktualuk.fabric.namespace.TreeDiff.Difference.Added;
import io.kogluktualuk.fabric.namespace.TreeDiff.Difference.Changed;
import io.kogluktualuk.fabric.namespace.TreeDiff.Difference.Removed;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class TreeDiffTest {

  private final InMemoryBlobs store = new InMemoryBlobs();
  private final Ref a = Ref.ofBlob(Blob.of(new byte[] {1}));
  private final Ref b = Ref.ofBlob(Blob.of(new byte[] {2}));

  private static NamePath path(String text) {
    return NamePath.parse(text);
  }

  private List<Difference> between(Ref before, Ref after) {
    List<Difference> found = new ArrayList<>();
    TreeDiff.between(store, before, after, found::add);
    return found;
  }

  @Test
  void saysWhatCameWentAndChanged() {
    Ref before =
        new NamespaceEditor(store)
            .bind(path("/same/x"), a)
            .bind(path("/gone/x"), a)
            .bind(path("/kind"), a)
            .bind(path("/deep/er/value"), a)
            .write();
    Ref after =
        new NamespaceEditor(store, before)
            .remove(path("/gone"))
            .bind(path("/came/y"), b)
            .remove(path("/kind"))
            .bind(path("/kind/now"), b)
            .bind(path("/deep/er/value"), b)
            .write();
    Ref gone = found(before, "/gone");
    Ref came = found(after, "/came");
    Ref kind = found(after, "/kind");
    assertEquals(
        List.of(
            new Added(path("/came"), came),
            new Changed(path("/deep/er/value"), a, b),
            new Removed(path("/gone"), gone),
            new Changed(path("/kind"), a, kind)),
        between(before, after));
    assertEquals(List.of(new Changed(NamePath.ROOT, a, after)), between(a, after));
    assertEquals(List.of(), between(after, after));
  }

  private Ref found(Ref root, String path) {
    return ((Resolution.Found) Resolution.of(store, root, path(path))).ref();
  }

  @Test
  void doesNotReadWhatIsTheSame() {
    Ref before = new NamespaceEditor(store).bind(path("/same/x"), a).bind(path("/y/z"), a).write();
    Ref after = new NamespaceEditor(store, before).bind(path("/y/z"), b).write();
    store.lose(List.of(found(before, "/same").hash()));
    assertEquals(List.of(new Changed(path("/y/z"), a, b)), between(before, after));
    store.lose(List.of(found(after, "/y").hash()));
    assertThrows(NotFound.class, () -> between(before, after));
  }

  @Test
  void whatDiffersIsExactlyWhatWasEdited() {
    Seeds.run(
        TreeDiffTest.class,
        200,
        random -> {
          Map<NamePath, Ref> old = values(random);
          Map<NamePath, Ref> fresh = new TreeMap<>(old);
          values(random).entrySet().stream()
              .limit(random.nextInt(6))
              .forEach(edit -> fresh.put(edit.getKey(), edit.getValue()));
          old.keySet().stream().filter(_ -> random.nextInt(8) == 0).forEach(fresh::remove);
          assertEquals(expected(old, fresh), leaves(between(write(old), write(fresh))));
        });
  }

  private Map<NamePath, Ref> values(RandomGenerator random) {
    Map<NamePath, Ref> values = new TreeMap<>();
    for (int i = 0; i < 20; i++) {
      String text = "/d" + random.nextInt(3) + "/e" + random.nextInt(3) + "/f" + random.nextInt(4);
      values.put(path(text), random.nextBoolean() ? a : b);
    }
    return values;
  }

  private Ref write(Map<NamePath, Ref> values) {
    NamespaceEditor editor = new NamespaceEditor(store);
    values.forEach(editor::bind);
    return editor.write();
  }

  private static Set<Difference> expected(Map<NamePath, Ref> old, Map<NamePath, Ref> fresh) {
    Set<Difference> expected = new HashSet<>();
    old.forEach(
        (path, ref) -> {
          Ref now = fresh.get(path);
          if (now == null) {
            expected.add(new Removed(path, ref));
          } else if (!now.equals(ref)) {
            expected.add(new Changed(path, ref, now));
          }
        });
    fresh.forEach(
        (path, ref) -> {
          if (!old.containsKey(path)) {
            expected.add(new Added(path, ref));
          }
        });
    return expected;
  }

  /// Directories that only one of both has, as what is in them.
  private Set<Difference> leaves(List<Difference> differences) {
    Set<Difference> leaves = new HashSet<>();
    for (Difference difference : differences) {
      switch (difference) {
        case Added(NamePath path, Ref ref) ->
            below(path, ref).forEach((at, leaf) -> leaves.add(new Added(at, leaf)));
        case Removed(NamePath path, Ref ref) ->
            below(path, ref).forEach((at, leaf) -> leaves.add(new Removed(at, leaf)));
        case Changed _ -> leaves.add(difference);
      }
    }
    return leaves;
  }

  private Map<NamePath, Ref> below(NamePath path, Ref ref) {
    if (ref.equals(a) || ref.equals(b)) {
      return Map.of(path, ref);
    }
    Map<NamePath, Ref> all = new TreeMap<>();
    Resolution.view(store, ref)
        .forEach(entry -> all.putAll(below(path.child(entry.getKey()), entry.getValue())));
    return all;
  }
}
