package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.FileNotFoundException;
import java.net.BindException;
import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.ratis.protocol.exceptions.ChecksumException;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.jspecify.annotations.Nullable;

/// What Ratis means when it fails: the reason is wrapped several times, and sometimes only in
/// words.
final class RatisFaults {

  private static final int CAUSES_MAX = 32;

  private RatisFaults() {}

  /// A server or a log that could not be started.
  static FabricException ofStart(String what, String address, Throwable problem) {
    FabricException found = new Unavailable(what + ": " + problem, problem);
    Throwable cause = problem;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++, cause = cause.getCause()) {
      found = ofStart(what, address, cause, found);
    }
    return found;
  }

  /// The problem without what futures put around it.
  static Throwable unwrap(Throwable problem) {
    Throwable found = problem;
    for (int depth = 0; depth < CAUSES_MAX; depth++) {
      Throwable cause = found.getCause();
      if (cause == null
          || !(found instanceof CompletionException || found instanceof ExecutionException)) {
        return found;
      }
      found = cause;
    }
    return found;
  }

  /// Whether a request cannot have left this process.
  static boolean isUnconnected(@Nullable Throwable problem) {
    Throwable cause = problem;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++, cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return true;
      }
    }
    return false;
  }

  private static FabricException ofStart(
      String what, String address, Throwable cause, FabricException otherwise) {
    return switch (cause) {
      case FabricException known -> known;
      case BindException e -> new Conflict(what + ": port " + address + " is in use", e);
      case ChecksumException e ->
          new Corruption(what + ": the log is damaged: " + e.getMessage(), e);
      case RaftLogIOException e ->
          new Corruption(what + ": the log is damaged: " + e.getMessage(), e);
      case FileNotFoundException e ->
          new Corruption(what + ": a file is missing: " + e.getMessage(), e);
      case IllegalStateException e when isUnreadableLog(e) ->
          new Corruption(what + ": the log cannot be read: " + e.getMessage(), e);
      default -> otherwise;
    };
  }

  private static boolean isUnreadableLog(IllegalStateException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("initRaftLog") || message.contains("read segment file");
  }
}
