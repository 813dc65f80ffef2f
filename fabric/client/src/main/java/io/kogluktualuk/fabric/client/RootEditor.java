package io.kogluktualuk.fabric.client;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Changes the namespaces that roots name. A change that somebody else was faster with is made
/// again, on what the root names then.
///
/// **Threading:** one thread. **Bound:** [#ATTEMPTS_MAX] attempts.
final class RootEditor {

  /// Each means that somebody else's change was made: enough for a dozen busy writers.
  static final int ATTEMPTS_MAX = 64;

  private static final Ref EMPTY = Tree.refOf(Tree.EMPTY.encode());

  private final ControlClient control;
  private final RootKeeper keeper;
  private final RequestIds requests;
  private final Function<Ref, BlobStore> blobs;

  /// @param blobs where what a value consists of is read and written
  RootEditor(
      ControlClient control,
      RootKeeper keeper,
      RequestIds requests,
      Function<Ref, BlobStore> blobs) {
    this.control = control;
    this.keeper = keeper;
    this.requests = requests;
    this.blobs = blobs;
  }

  /// @param make whether a root that does not exist is made
  RootEdit edit(RootName name, boolean make, Consumer<NamespaceEditor> change) {
    for (int attempt = 1; ; attempt++) {
      Root root = control.root(name);
      if (root == null && !make) {
        throw new NotFound("there is no root " + name);
      }
      Ref before = root == null ? null : root.ref();
      Ref after = edited(before, change);
      try {
        return new RootEdit(set(name, root, after), before, after);
      } catch (Conflict e) {
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private long set(RootName name, @Nullable Root root, Ref after) {
    if (root == null) {
      return keeper.set(requests.next(), name, 0L, after);
    }
    return root.ref().equals(after)
        ? root.revision()
        : keeper.replace(requests.next(), root, after);
  }

  /// The namespace that a change makes of another one.
  ///
  /// @param before null for an empty one
  Ref edited(@Nullable Ref before, Consumer<NamespaceEditor> change) {
    if (before != null && before.kind() != Kind.TREE) {
      throw new InvalidArgument(before + " is a " + before.kind().word() + ", expected a tree");
    }
    Ref from = before == null ? EMPTY : before;
    NamespaceEditor editor = new NamespaceEditor(blobs.apply(from), before);
    change.accept(editor);
    return editor.write();
  }
}
