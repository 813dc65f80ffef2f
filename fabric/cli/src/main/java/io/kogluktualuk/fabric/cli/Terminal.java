package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.ContentStream;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// Where a command reads and writes, and what its environment says.
///
/// **Threading:** one thread, except that [#err] may be written by a progress view.
///
/// @param in standard input
/// @param out standard output, bytes; a write to a closed pipe throws [BrokenPipe]
/// @param err standard error
/// @param environment the process's variables
/// @param folder what relative paths are relative to
/// @param isErrTerminal whether somebody watches standard error on a terminal
/// @param isOutTerminal whether somebody watches standard output on a terminal
record Terminal(
    InputStream in,
    OutputStream out,
    PrintStream err,
    Map<String, String> environment,
    Path folder,
    boolean isErrTerminal,
    boolean isOutTerminal) {

  private static final int BUFFER_BYTES = 1 << 16;

  /// The reader of standard output is gone.
  static final class BrokenPipe extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenPipe(IOException cause) {
      super(cause);
    }
  }

  /// This process's own. The launcher tells which streams are terminals; Java cannot ask for one.
  static Terminal ofProcess() {
    return new Terminal(
        System.in,
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES),
        System.err,
        System.getenv(),
        Path.of("").toAbsolutePath(),
        System.getProperty("kog.terminals", "").contains("2"),
        System.getProperty("kog.terminals", "").contains("1"));
  }

  /// Whether standard output may be coloured: on a terminal, unless `NO_COLOR` is set.
  boolean hasColours() {
    return isOutTerminal
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "").equals("dumb");
  }

  void line(String text) {
    write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  void write(byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw new BrokenPipe(e);
    }
  }

  /// Copies a stream to standard output. What the stream throws is not the output's fault.
  void copy(ContentStream stream) {
    try {
      stream.transferTo(out);
      out.flush();
    } catch (IOException e) {
      throw new BrokenPipe(e);
    }
  }

  void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new BrokenPipe(e);
    }
  }
}
