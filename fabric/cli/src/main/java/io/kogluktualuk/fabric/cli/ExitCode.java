package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.transaction.Ending;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// What the exit status of a command means. The numbers never change; `fabric/docs/CLI.md` lists
/// them, and so does the help of each command.
enum ExitCode {
  OK(0, "it worked"),
  INTERNAL(1, "an unexpected internal error; --verbose shows where"),
  USAGE(2, "the arguments are wrong"),
  NOT_FOUND(3, "something that was named does not exist"),
  MALFORMED(4, "input does not follow its format"),
  UNAVAILABLE(5, "no cluster is running, or a node cannot be reached"),
  OUT_OF_SPACE(6, "a memory node or a disk is full"),
  CONFLICT(
      7,
      "something is in the way: a file, a port, another cluster;" + " or who asks may not do that"),
  CORRUPTION(8, "bytes do not have their hash"),
  FAILED(9, "the transaction ended with a status other than 0; what is tried again failed again"),
  STOPPED(10, "the transaction trapped, or could not start"),
  DEADLINE(11, "it took longer than allowed"),
  PROBLEMS(12, "kog doctor has found a problem"),
  INTERRUPTED(130, "interrupted from the terminal"),
  BROKEN_PIPE(141, "whoever read the output went away");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  int code() {
    return code;
  }

  String meaning() {
    return meaning;
  }

  /// The word for machines: `not-found`.
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static ExitCode of(FabricException fault) {
    return switch (fault) {
      case NotFound _ -> NOT_FOUND;
      case InvalidArgument _ -> USAGE;
      case MalformedEncoding _ -> MALFORMED;
      case Unavailable _, AlreadyClosed _ -> UNAVAILABLE;
      case OutOfSpace _, OutOfCredits _ -> OUT_OF_SPACE;
      case Conflict _, Refused _, StaleLease _ -> CONFLICT;
      case Corruption _ -> CORRUPTION;
      case DeadlineExceeded _ -> DEADLINE;
    };
  }

  /// The fault that another process of ours reported by its exit status.
  static FabricException faultOf(int exit, String message) {
    for (ExitCode code : values()) {
      if (code.code == exit) {
        return switch (code) {
          case NOT_FOUND -> new NotFound(message);
          case USAGE -> new InvalidArgument(message);
          case MALFORMED -> new MalformedEncoding(message);
          case OUT_OF_SPACE -> new OutOfSpace(message);
          case CONFLICT -> new Conflict(message);
          case CORRUPTION -> new Corruption(message);
          case DEADLINE -> new DeadlineExceeded(message);
          case OK, INTERNAL, UNAVAILABLE, FAILED, STOPPED, PROBLEMS, INTERRUPTED, BROKEN_PIPE ->
              new Unavailable(message);
        };
      }
    }
    return new Unavailable(message);
  }

  static ExitCode of(Ending ending) {
    return switch (ending) {
      case Ending.Exited exited -> exited.status() == 0 ? OK : FAILED;
      case Ending.Trapped _, Ending.Invalid _ -> STOPPED;
    };
  }

  /// All of them, as picocli shows them.
  static Map<String, String> listed() {
    Map<String, String> codes = new LinkedHashMap<>();
    for (ExitCode exit : values()) {
      codes.put(Integer.toString(exit.code), exit.meaning);
    }
    return codes;
  }
}
