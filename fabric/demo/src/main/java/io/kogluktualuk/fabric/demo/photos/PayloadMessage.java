package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A message with its payload, as the peer of the demo passes it.
///
/// ```
/// u32 bytes of metadata │ u32 bytes of payload │ metadata: lines key=value │ payload
/// ```
///
/// Two times zero is the end.
///
/// **Bound:** [#METADATA_MAX] and [Album#FILE_BYTES_MAX].
record PayloadMessage(Map<String, String> metadata, byte[] payload) {

  static final int METADATA_MAX = 4096;

  private static final int HEADER_BYTES = 8;

  PayloadMessage {
    metadata = Map.copyOf(metadata);
  }

  int number() {
    return Integer.parseInt(metadata.getOrDefault(Darkroom.NUMBER, "-1"));
  }

  PayloadMessage with(String key, String value) {
    Map<String, String> more = new TreeMap<>(metadata);
    more.put(key, value);
    return new PayloadMessage(more, payload);
  }

  PayloadMessage withPayload(byte[] other) {
    return new PayloadMessage(metadata, other);
  }

  void write(WritableByteChannel out) throws IOException {
    byte[] text =
        metadata.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining("\n"))
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES + text.length);
    head.putInt(text.length).putInt(payload.length).put(text).flip();
    writeAll(out, head);
    writeAll(out, ByteBuffer.wrap(payload));
  }

  static void writeEnd(WritableByteChannel out) throws IOException {
    writeAll(out, ByteBuffer.allocate(HEADER_BYTES));
  }

  private static void writeAll(WritableByteChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  /// @return null at the end
  /// @throws MalformedEncoding for what is no message
  static @Nullable PayloadMessage read(ReadableByteChannel in) throws IOException {
    ByteBuffer head = readAll(in, HEADER_BYTES);
    int textBytes = head.getInt();
    int payloadBytes = head.getInt();
    if (textBytes == 0 && payloadBytes == 0) {
      return null;
    }
    boolean fits =
        textBytes >= 0
            && textBytes <= METADATA_MAX
            && payloadBytes >= 0
            && payloadBytes <= Album.FILE_BYTES_MAX;
    if (!fits) {
      throw new MalformedEncoding(
          "a message with " + textBytes + " bytes of metadata and " + payloadBytes);
    }
    String text = new String(readAll(in, textBytes).array(), StandardCharsets.UTF_8);
    Map<String, String> metadata = new TreeMap<>();
    text.lines()
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              metadata.put(line.substring(0, Math.max(0, equals)), line.substring(equals + 1));
            });
    return new PayloadMessage(metadata, readAll(in, payloadBytes).array());
  }

  private static ByteBuffer readAll(ReadableByteChannel in, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (in.read(bytes) < 0) {
        throw new EOFException("the sender is gone");
      }
    }
    return bytes.flip();
  }
}
