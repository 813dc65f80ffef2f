package io.kogluktualuk.fabric.cli;

import java.io.PrintStream;
import java.util.List;

/// Some lines at the end of a terminal that are drawn again and again in the same place.
///
/// **Threading:** one thread at a time. **Ownership:** of the lines below the cursor.
final class LiveLines {

  // Without wrapping a narrow terminal cuts lines, and the count of lines to go up stays right.
  private static final String WRAP_OFF = "\u001b[?7l";
  private static final String WRAP_ON = "\u001b[?7h";
  private static final String CLEAR_TO_END = "\u001b[0J";

  private final PrintStream out;
  private int drawn;

  LiveLines(PrintStream out) {
    this.out = out;
  }

  void draw(List<String> lines) {
    StringBuilder frame = new StringBuilder(rewind()).append(WRAP_OFF);
    lines.forEach(line -> frame.append(line).append('\n'));
    out.print(frame.append(WRAP_ON));
    out.flush();
    drawn = lines.size();
  }

  /// Removes them; what is printed next stands in their place.
  void clear() {
    if (drawn > 0) {
      out.print(rewind());
      out.flush();
      drawn = 0;
    }
  }

  private String rewind() {
    return drawn == 0 ? "" : "\u001b[" + drawn + "A\r" + CLEAR_TO_END;
  }
}
