package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/// What it means that a state folder cannot be read or written.
///
/// **Threading:** stateless.
final class FolderFaults {

  private FolderFaults() {}

  static FabricException of(Path folder, IOException cause) {
    String reason = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    String message = "state folder " + folder + " cannot be used: " + cause;
    return reason.contains("no space left") || reason.contains("quota exceeded")
        ? new OutOfSpace(message, cause)
        : new Unavailable(message, cause);
  }
}
