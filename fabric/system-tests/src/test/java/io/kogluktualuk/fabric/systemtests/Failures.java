package io.kogluktualuk.fabric.systemtests;

import java.io.PrintWriter;
import java.io.StringWriter;

/// What was thrown, as text.
///
/// **Threading:** stateless.
final class Failures {

  private Failures() {}

  static String text(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  /// The causes, one a line, without where.
  static String causes(Throwable thrown) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
      text.append(System.lineSeparator()).append("  because of ").append(cause);
    }
    return text.toString();
  }
}
