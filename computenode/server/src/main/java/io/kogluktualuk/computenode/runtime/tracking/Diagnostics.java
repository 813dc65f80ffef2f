package io.kogluktualuk.computenode.runtime.tracking;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// What a program writes to standard error, and what the runtime has to say to its author.
///
/// **Threading:** the guest's thread. **Bound:** the first [#KEPT_BYTES_MAX] bytes are kept, the
/// rest is counted; lines of the runtime are kept besides, up to [#LINES_MAX].
public final class Diagnostics {

  public static final int KEPT_BYTES_MAX = 1 << 20;

  /// Lines of the runtime; they are short.
  public static final int LINES_MAX = 1_000;

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream(0);
  private long keptOfProgram;
  private long dropped;
  private int lines;
  private boolean isMidLine;

  /// Takes what the program writes.
  public void write(byte[] bytes, int offset, int length) {
    int part = (int) Math.min(length, KEPT_BYTES_MAX - keptOfProgram);
    kept.write(bytes, offset, part);
    keptOfProgram += part;
    dropped += length - part;
    if (part > 0) {
      isMidLine = bytes[offset + part - 1] != '\n';
    }
  }

  /// Adds a line of the runtime.
  public void line(String text) {
    lines++;
    if (lines <= LINES_MAX) {
      append(text);
    }
  }

  private void append(String text) {
    if (isMidLine) {
      kept.write('\n');
    }
    kept.writeBytes(("kog: " + text + "\n").getBytes(StandardCharsets.UTF_8));
    isMidLine = false;
  }

  /// All of it, with a note of what was dropped.
  public byte[] finish() {
    if (dropped > 0) {
      append(dropped + " more bytes of standard error were not kept");
    }
    if (lines > LINES_MAX) {
      append((lines - LINES_MAX) + " more lines like these were not kept");
    }
    return kept.toByteArray();
  }
}
