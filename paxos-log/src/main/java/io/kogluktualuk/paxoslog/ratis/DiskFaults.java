package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.util.List;

/// What a failed write means to a caller.
final class DiskFaults {

  private static final int CAUSES_MAX = 32;

  /// The platform tells a full disk from a broken one only in words.
  private static final List<String> NO_SPACE =
      List.of("No space left", "File too large", "quota exceeded", "not enough space");

  private DiskFaults() {}

  static FabricException of(String what, Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++, cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (NO_SPACE.stream().anyMatch(message::contains)) {
        return new OutOfSpace(what + " cannot be written: " + message, failure);
      }
    }
    return new Unavailable(what + " cannot be written: " + failure, failure);
  }
}
