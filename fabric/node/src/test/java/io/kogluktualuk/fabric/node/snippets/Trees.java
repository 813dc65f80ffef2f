package io.kogluktualuk.fabric.node.snippets;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.TreeDiff;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Directories.
public final class Trees {

  private Trees() {}

  /// Of refs.
  public static Ref tree(Fabric fabric, Ref program, Ref data) {
    // @start region="tree"
    Ref namespace = fabric.trees().put(Map.of("bin/sum", program, "data", data));
    Ref found = fabric.trees().find(namespace, "data");
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, Ref> entry : fabric.trees().open(namespace)) {
      names.add(entry.getKey()); // bin, data
    }
    // @end
    return names.equals(List.of("bin", "data")) ? found : namespace;
  }

  /// Another one.
  public static Ref edit(Fabric fabric, Ref namespace, Ref readme) {
    // @start region="edit"
    return fabric
        .trees()
        .edit(
            namespace,
            tree ->
                tree.move(NamePath.parse("/data"), NamePath.parse("/old/data"))
                    .bind(NamePath.parse("/README.md"), readme));
    // @end
  }

  /// Between two.
  public static List<String> diff(Fabric fabric, Ref before, Ref after) {
    // @start region="diff"
    List<String> changes = new ArrayList<>();
    fabric
        .trees()
        .diff(
            before,
            after,
            difference ->
                changes.add(
                    switch (difference) {
                      case TreeDiff.Difference.Added added -> "+" + added.path();
                      case TreeDiff.Difference.Changed changed -> "~" + changed.path();
                      case TreeDiff.Difference.Removed removed -> "-" + removed.path();
                    }));
    // @end
    return changes;
  }

  /// Of this machine, and back.
  public static Ref directory(Fabric fabric, Path source, Path copy) {
    // @start region="directory"
    Ref tree = fabric.trees().importDirectory(source).tree();
    fabric.trees().exportDirectory(tree, copy);
    // @end
    return tree;
  }
}
