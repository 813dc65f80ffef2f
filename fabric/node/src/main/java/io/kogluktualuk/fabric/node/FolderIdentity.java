package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.fault.Corruption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/// The name that a state folder's cluster keeps for ever, so that logs of different clusters cannot
/// be mixed up.
///
/// **Threading:** under the folder's lock.
final class FolderIdentity {

  private static final String NAME = "cluster.id";

  private FolderIdentity() {}

  /// The folder's identity; made when it has none.
  ///
  /// @throws Corruption when the file holds something else
  static String of(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      Path partial = folder.resolve("." + NAME + ".partial");
      Files.writeString(partial, UUID.randomUUID() + "\n");
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }
    String text = Files.readString(file).strip();
    try {
      return UUID.fromString(text).toString();
    } catch (IllegalArgumentException e) {
      throw new Corruption(file + ": expected a UUID, found '" + text + "'", e);
    }
  }
}
