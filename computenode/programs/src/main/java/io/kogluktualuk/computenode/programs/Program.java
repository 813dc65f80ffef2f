package io.kogluktualuk.computenode.programs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/// A program that comes with the fabric; what it does is said at the top of its C source.
public enum Program {
  AMEND,
  MAKE_TRADES,
  MERGE,
  SORT,
  TOUR,
  WC;

  /// The name of its source and its module, without the ending: `make-trades`.
  public String fileName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Where namespaces bind it by convention: `/bin/make-trades`.
  public String path() {
    return "/bin/" + fileName();
  }

  /// The bytes of its module.
  public byte[] wasm() {
    String resource = fileName() + ".wasm";
    try (InputStream stream = Program.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(resource + " is not on the class path");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource, e);
    }
  }
}
