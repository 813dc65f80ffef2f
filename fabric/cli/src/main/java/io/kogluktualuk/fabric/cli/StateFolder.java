package io.kogluktualuk.fabric.cli;

import java.nio.file.Path;
import java.util.Map;

/// Where a cluster keeps its state unless told otherwise.
///
/// **Threading:** stateless.
final class StateFolder {

  private StateFolder() {}

  static Path standard(Map<String, String> environment) {
    String own = environment.getOrDefault("KOG_HOME", "");
    if (!own.isEmpty()) {
      return Path.of(own).toAbsolutePath();
    }
    String data = environment.getOrDefault("XDG_DATA_HOME", "");
    // The XDG base directory specification says that a relative path is to be ignored.
    if (data.startsWith("/")) {
      return Path.of(data, "kogluktualuk");
    }
    String home = environment.getOrDefault("HOME", "");
    String user = home.isEmpty() ? System.getProperty("user.home") : home;
    return Path.of(user, ".local", "share", "kogluktualuk").toAbsolutePath();
  }
}
