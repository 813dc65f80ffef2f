package io.kogluktualuk.fabric.node.snippets;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Directories.
public final class Trees {

  private Trees() {}

  /// Of refs.
  public static Ref tree(Fabric fabric, Ref program, Ref data) {
    // @start region="tree"
    Ref namespace = fabric.tree(Map.of("bin/sum", program, "data", data));
    Ref found = fabric.find(namespace, "/data");
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, Ref> entry : fabric.tree(namespace)) {
      names.add(entry.getKey()); // bin, data
    }
    // @end
    return names.equals(List.of("bin", "data")) ? found : namespace;
  }
}
