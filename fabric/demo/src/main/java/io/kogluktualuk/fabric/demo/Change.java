package io.kogluktualuk.fabric.demo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;

/// The one record that the third act changes, and the same change made without the fabric.
///
/// @param offset where the changed line begins
/// @param length of the changed line, without its newline
/// @param line what replaces it
record Change(long offset, long length, String line) {

  /// Opens the original data from its start.
  interface Source {
    InputStream open() throws IOException;
  }

  private static final String RECORD = "KOGL,2026-07-15T12:00:00.000,B,4200,1234.56,T0001,CHANGED";

  /// Picks the line in the middle of the data.
  ///
  /// @param length of the data, at least one byte
  static Change inTheMiddle(Source source, long length) throws IOException {
    long middle = length / 2;
    long start = 0;
    try (InputStream stream = source.open()) {
      byte[] buffer = new byte[1 << 20];
      long at = 0;
      for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
        for (int i = 0; i < read; i++, at++) {
          if (buffer[i] == '\n') {
            if (at >= middle) {
              return new Change(start, at - start, RECORD);
            }
            start = at + 1;
          }
        }
      }
    }
    return new Change(start, length - start, RECORD);
  }

  /// The changed data, made from the original by this process alone.
  InputStream applyTo(Source source) throws IOException {
    InputStream before = new Limited(source.open(), offset);
    InputStream after = source.open();
    after.skipNBytes(offset + length);
    InputStream middle = new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8));
    return new SequenceInputStream(Collections.enumeration(List.of(before, middle, after)));
  }

  /// The first bytes of a stream.
  private static final class Limited extends InputStream {
    private final InputStream source;
    private long rest;

    Limited(InputStream source, long length) {
      this.source = source;
      this.rest = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (rest == 0) {
        return -1;
      }
      int read = source.read(target, offset, (int) Math.min(rest, length));
      rest -= Math.max(0, read);
      return read;
    }

    @Override
    public void close() throws IOException {
      source.close();
    }
  }
}
