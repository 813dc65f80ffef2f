package io.kogluktualuk.fabric.node.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where a node's certificate, its key and its cluster's authority are, all PEM.
public record TlsFiles(Path certificate, Path key, Path authority) {

  /// Null when there are none.
  static @Nullable TlsFiles of(Values values, Path base) {
    Path certificate = values.find(Keys.TLS_CERTIFICATE);
    Path key = values.find(Keys.TLS_KEY);
    Path authority = values.find(Keys.TLS_AUTHORITY);
    if (certificate != null && key != null && authority != null) {
      return new TlsFiles(base.resolve(certificate), base.resolve(key), base.resolve(authority));
    }
    boolean hasNone = certificate == null && key == null && authority == null;
    requireAll(values, Keys.TLS_CERTIFICATE, certificate, hasNone);
    requireAll(values, Keys.TLS_KEY, key, hasNone);
    requireAll(values, Keys.TLS_AUTHORITY, authority, hasNone);
    return null;
  }

  private static void requireAll(
      Values values, Key<Path> key, @Nullable Path found, boolean hasNone) {
    values.require(
        found != null || hasNone,
        key,
        "a path: certificate, key and authority belong together",
        "no such key");
  }
}
