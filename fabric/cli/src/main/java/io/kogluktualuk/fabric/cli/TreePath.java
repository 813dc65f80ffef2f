package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;

/// `REF[/PATH]` as an argument.
///
/// **Threading:** stateless.
final class TreePath {

  private TreePath() {}

  /// What the argument leads to.
  static Ref find(Fabric fabric, String text) {
    int slash = text.indexOf('/');
    return slash < 0
        ? fabric.ref(text)
        : fabric.trees().find(fabric.ref(text.substring(0, slash)), text.substring(slash));
  }
}
