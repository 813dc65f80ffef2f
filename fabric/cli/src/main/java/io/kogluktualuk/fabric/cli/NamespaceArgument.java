package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Root;
import io.kogluktualuk.fabric.client.RootEdit;
import io.kogluktualuk.fabric.client.Roots;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// `NS` as an argument: the name of a root, or a REF.
///
/// **Threading:** stateless.
final class NamespaceArgument {

  private static final Pattern REF = Pattern.compile("[0-9a-f]{8,64}|[a-z]+:.*");

  private NamespaceArgument() {}

  static boolean isRef(String text) {
    return REF.matcher(text).matches();
  }

  /// What it stands for now.
  static Ref value(Fabric fabric, String text) {
    if (isRef(text)) {
      return fabric.ref(text);
    }
    Root root = fabric.roots().get(text);
    if (root == null) {
      throw new NotFound("there is no root " + text);
    }
    return root.ref();
  }

  /// Changes it, and prints what it is then.
  ///
  /// @param make whether a root that does not exist is made
  static int edit(
      CommonOptions options,
      Fabric fabric,
      String text,
      boolean make,
      Consumer<NamespaceEditor> change) {
    if (isRef(text)) {
      Ref before = fabric.ref(text);
      Ref after = fabric.trees().edit(before, change);
      options.print(
          after.toString(),
          RefText.json(after).with("before", before).with("changed", !after.equals(before)));
    } else {
      Roots roots = fabric.roots();
      RootEdit edit = make ? roots.editOrCreate(text, change) : roots.edit(text, change);
      options.print(
          "revision " + edit.revision() + "  " + edit.after(),
          RefText.json(edit.after())
              .with("name", text)
              .with("revision", edit.revision())
              .with("before", edit.before())
              .with("changed", !edit.after().equals(edit.before())));
    }
    return ExitCode.OK.code();
  }
}
