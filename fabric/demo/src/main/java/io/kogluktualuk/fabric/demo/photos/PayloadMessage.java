package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A message with its payload, as the peer of the demo passes it.
///
/// ```
/// u32 bytes of metadata │ u32 bytes of payload │ metadata: lines key=value │ payload
/// ```
///
/// Two times zero is the end.
///
/// **Threading:** any thread, one at a time. **Ownership:** whoever has the message releases its
/// payload. **Bound:** [#METADATA_MAX] and [Album#FILE_BYTES_MAX].
///
/// @param payload from its reader index to its writer index
record PayloadMessage(Map<String, String> metadata, ByteBuf payload) {

  static final int METADATA_MAX = 4096;
  static final int HEADER_BYTES = 8;

  /// How long the two parts behind a header are.
  record Header(int metadataBytes, int payloadBytes) {

    /// @throws MalformedEncoding for lengths that no message has
    static Header read(ByteBuf bytes) {
      Header header = new Header(bytes.readInt(), bytes.readInt());
      boolean fits =
          header.metadataBytes >= 0
              && header.metadataBytes <= METADATA_MAX
              && header.payloadBytes >= 0
              && header.payloadBytes <= Album.FILE_BYTES_MAX;
      if (!fits) {
        throw new MalformedEncoding(
            "a message with %d bytes of metadata and %d of payload, at most %d and %d"
                .formatted(
                    header.metadataBytes, header.payloadBytes, METADATA_MAX, Album.FILE_BYTES_MAX));
      }
      return header;
    }

    boolean isEnd() {
      return metadataBytes == 0 && payloadBytes == 0;
    }
  }

  PayloadMessage {
    metadata = Map.copyOf(metadata);
  }

  static Map<String, String> metadata(ByteBuf text) {
    Map<String, String> metadata = new TreeMap<>();
    text.toString(StandardCharsets.UTF_8)
        .lines()
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              metadata.put(line.substring(0, Math.max(0, equals)), line.substring(equals + 1));
            });
    return metadata;
  }

  int number() {
    return Integer.parseInt(metadata.getOrDefault(Darkroom.NUMBER, "-1"));
  }

  int bytes() {
    return payload.readableBytes();
  }

  /// The payload where it lies; valid until it is released.
  MemorySegment segment() {
    return MemorySegment.ofBuffer(payload.nioBuffer());
  }

  PayloadMessage with(String key, String value) {
    Map<String, String> more = new TreeMap<>(metadata);
    more.put(key, value);
    return new PayloadMessage(more, payload);
  }

  PayloadMessage withPayload(ByteBuf other) {
    return new PayloadMessage(metadata, other);
  }

  /// What goes before the payload.
  ByteBuf head(ByteBufAllocator allocator) {
    byte[] text =
        metadata.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining("\n"))
            .getBytes(StandardCharsets.UTF_8);
    ByteBuf head = allocator.directBuffer(HEADER_BYTES + text.length);
    return head.writeInt(text.length).writeInt(bytes()).writeBytes(text);
  }

  /// What stands for the end.
  static ByteBuf end(ByteBufAllocator allocator) {
    return allocator.directBuffer(HEADER_BYTES).writeZero(HEADER_BYTES);
  }
}
