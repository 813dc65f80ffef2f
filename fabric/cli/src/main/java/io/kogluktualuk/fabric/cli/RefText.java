package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.units.ByteCount;

/// How refs are shown.
///
/// **Threading:** stateless.
final class RefText {

  private RefText() {}

  static Json json(Ref ref) {
    return new Json()
        .with("ref", ref)
        .with("kind", ref.kind().word())
        .with("hash", ref.hash())
        .with("length", ref.length());
  }

  /// Short, for people: `blob 3f1a2b3c4d5e (1.5 MiB)`.
  static String brief(Ref ref) {
    return ref.kind().word()
        + " "
        + ref.hash().toShortHex()
        + " ("
        + new ByteCount(ref.length())
        + ")";
  }

  /// Foreign text without what could make a terminal do things.
  static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
