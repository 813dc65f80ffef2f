package io.kogluktualuk.fabric.node.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Keys that are gone, and what to write instead.
///
/// The properties of earlier state folders and the options of `kog up` are the names that people
/// carry over from before there were files.
///
/// **Threading:** constants.
final class Retired {

  private static final Map<String, String> SUCCESSORS =
      Map.of(
          "tls.certificate", "tls.folder",
          "tls.key", "tls.folder",
          "tls.authority", "tls.folder",
          "home", "folder",
          "host", "bind",
          "control-port", "ports.calls",
          "metrics-port", "metrics.port",
          "slots", "compute.slots",
          "tenants", "memory.tenants");

  private Retired() {}

  /// The key to use instead, or null when this one never was.
  static @Nullable String successor(String path) {
    return SUCCESSORS.get(path);
  }
}
