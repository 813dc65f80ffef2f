package io.kogluktualuk.fabric.node.snippets;

import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RootNews;
import io.kogluktualuk.fabric.client.RootWatch;
import io.kogluktualuk.fabric.fault.Conflict;

/// Names that change.
public final class Roots {

  private Roots() {}

  /// Compare and set.
  public static long set(Fabric fabric, String path, Ref next) {
    // @start region="set"
    RootName name = fabric.rootName(path);
    Root now = fabric.root(name);
    try {
      return fabric.setRoot(name, now == null ? 0 : now.revision(), next);
    } catch (Conflict e) {
      return 0; // somebody else was faster
    }
    // @end
  }

  /// Without asking again and again.
  public static RootNews watch(Fabric fabric, String path) {
    // @start region="watch"
    try (RootWatch watch = fabric.watch(fabric.rootName(path))) {
      return watch.next(); // what it names now, or when it is set
    }
    // @end
  }
}
