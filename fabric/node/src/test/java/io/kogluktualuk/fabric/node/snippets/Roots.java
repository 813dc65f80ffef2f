package io.kogluktualuk.fabric.node.snippets;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Root;
import io.kogluktualuk.fabric.client.RootEdit;
import io.kogluktualuk.fabric.client.RootNews;
import io.kogluktualuk.fabric.client.RootWatch;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.namespace.NamePath;

/// Names that change.
public final class Roots {

  private Roots() {}

  /// Compare and set.
  public static long set(Fabric fabric, Ref next) {
    // @start region="set"
    Root now = fabric.roots().get("releases/v1");
    try {
      long expected = now == null ? 0 : now.revision();
      return fabric.roots().compareAndSet("releases/v1", expected, next);
    } catch (Conflict e) {
      return 0; // somebody else was faster
    }
    // @end
  }

  /// A part of what a root names.
  public static RootEdit edit(Fabric fabric, Ref readme) {
    // @start region="edit"
    return fabric
        .roots()
        .editOrCreate("releases/v1", tree -> tree.bind(NamePath.parse("/README.md"), readme));
    // @end
  }

  /// Without asking again and again.
  public static RootNews watch(Fabric fabric) {
    // @start region="watch"
    try (RootWatch watch = fabric.roots().watch("releases/v1")) {
      return watch.next(); // what it names now, or when it is set
    }
    // @end
  }
}
