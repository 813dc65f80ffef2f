package io.kogluktualuk.computenode.runtime;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import io.kogluktualuk.fabric.namespace.Thunk;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A namespace of a few names, each a file, a directory, a thunk or nothing, that is edited at
/// random; and a directory `/unread` that no script looks into.
///
/// **Threading:** one thread.
final class RandomNamespace {

  private static final List<String> SLOTS =
      List.of("/data/a", "/data/b", "/data/d", "/lib", "/gen", "/script", "/tmp", "/extra");

  private final BlobStore store;
  private final RandomGenerator random;
  private final TreeMap<String, Ref> kept = new TreeMap<>();
  private final TreeMap<String, Ref> bound = new TreeMap<>();
  private final TreeMap<String, String> words = new TreeMap<>();

  RandomNamespace(BlobStore store, RandomGenerator random) {
    this.store = store;
    this.random = random;
    SLOTS.forEach(this::fill);
    editUnread();
  }

  /// Binds what is never edited.
  void keep(String path, Ref ref) {
    kept.put(path, ref);
  }

  void edit() {
    fill(SLOTS.get(random.nextInt(SLOTS.size())));
  }

  /// Changes what nothing looks at: contents, thunks, and names of which there are as many.
  void editUnread() {
    bound.keySet().removeIf(path -> path.startsWith("/unread"));
    bind("/unread/u" + random.nextInt(10), file(Integer.toString(random.nextInt(100))));
    bind("/unread/d/" + random.nextInt(10), thunk(null, "/bin/probe", "exit", "1"));
  }

  Ref write() {
    NamespaceEditor editor = new NamespaceEditor(store);
    kept.forEach((path, ref) -> editor.bind(NamePath.parse(path), ref));
    bound.forEach((path, ref) -> editor.bind(NamePath.parse(path), ref));
    return editor.write();
  }

  private void bind(String path, Ref ref) {
    bound.put(path, ref);
  }

  private void fill(String slot) {
    bound.keySet().removeIf(path -> path.equals(slot) || path.startsWith(slot + "/"));
    int choice = random.nextInt(8);
    words.put(slot, Integer.toString(choice));
    switch (choice) {
      case 0 -> {}
      case 1, 2 -> bind(slot, file(content()));
      case 3, 4 -> directory(slot);
      case 5 -> bind(slot, thunk(null, program(slot)));
      case 6 -> bind(slot, thunk("/bin/probe" + input(slot), program(slot)));
      default -> {
        if (slot.equals("/tmp")) {
          directory(slot);
        } else {
          bind(slot, thunk(null, makesADirectory(slot)));
        }
      }
    }
  }

  private void directory(String slot) {
    bind(slot + "/x", random.nextInt(4) == 0 ? thunk(null, program(slot)) : file(content()));
    if (random.nextBoolean()) {
      bind(slot + "/y", file(content()));
    }
    if (slot.equals("/tmp")) {
      bind("/tmp/given", file(content()));
      bind("/tmp/sub/z", file(content()));
      bind("/tmp/t", thunk(random.nextBoolean() ? null : "/bin/probe /lib", program(slot)));
    }
  }

  private String content() {
    return switch (random.nextInt(6)) {
      case 0 -> "aaa\n";
      case 1 -> "bbb\n";
      case 2 -> "longer\n";
      case 3 -> "cat\n/data/b\nstat\n/lib\n";
      case 4 -> "ls\n/data\nput\n/tmp/x\ntext\ncat\n/lib/x\n";
      default -> "say\n" + random.nextInt(1000) + "\n";
    };
  }

  private String[] program(String slot) {
    if (slot.equals("/tmp")) {
      // What changes its /tmp needs what is there.
      return new String[] {"/bin/probe", "ls", "/data", "exit", random.nextInt(3) == 0 ? "1" : "0"};
    }
    return switch (random.nextInt(6)) {
      case 0 -> new String[] {"/bin/probe", "cat", below(slot)};
      case 1 -> new String[] {"/bin/probe", "stat", below(slot), "stat", below(slot)};
      case 2 -> new String[] {"/bin/probe", "ls", "/data", "ls", below(slot)};
      case 3 -> new String[] {"/bin/probe", "cat", below(slot) + "/x", "exit", "0"};
      case 4 -> new String[] {"/bin/probe", "exit", "3"};
      default -> new String[] {"/bin/probe", "slice", "/tmp/output", below(slot), "0", "1"};
    };
  }

  private String[] makesADirectory(String slot) {
    return new String[] {
      "/bin/probe",
      "mkdir",
      "/tmp/output",
      "put",
      "/tmp/output/x",
      content(),
      "slice",
      "/tmp/output/y",
      below(slot),
      "0",
      "1"
    };
  }

  private String input(String slot) {
    return slot.equals("/tmp") ? "" : " " + below(slot);
  }

  /// What a thunk may read: something before it in the order, so that there are no circles, which
  /// take a program as many steps as they have ways around them.
  private String below(String slot) {
    int index = SLOTS.indexOf(slot);
    return index == 0 ? "/nope" : SLOTS.get(random.nextInt(index));
  }

  private Ref file(String text) {
    Blob blob = Blob.of(text.getBytes(StandardCharsets.UTF_8));
    store.put(List.of(blob));
    return Ref.ofBlob(blob);
  }

  private Ref thunk(@Nullable String inputs, String... argv) {
    List<Thunk.Input> parsed = null;
    if (inputs != null) {
      parsed = new ArrayList<>();
      for (String input : inputs.split(" ")) {
        parsed.add(Thunk.Input.parse(input));
      }
    }
    Blob encoding = new Thunk(List.of(argv), parsed).encode();
    store.put(List.of(encoding));
    return new Ref(Kind.THUNK, encoding.hash(), encoding.length());
  }

  @Override
  public String toString() {
    return words.toString();
  }
}
