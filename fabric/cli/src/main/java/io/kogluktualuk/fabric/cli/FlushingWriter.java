package io.kogluktualuk.fabric.cli;

import java.io.Writer;
import java.nio.charset.StandardCharsets;

/// Lets picocli print its help to a [Terminal].
///
/// **Threading:** one thread.
final class FlushingWriter extends Writer {

  private final Terminal terminal;

  FlushingWriter(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void write(char[] characters, int offset, int length) {
    terminal.write(new String(characters, offset, length).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void flush() {
    terminal.flush();
  }

  @Override
  public void close() {
    terminal.flush();
  }
}
