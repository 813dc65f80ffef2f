package io.kogluktualuk.controlplane.model.requests;

import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.controlplane.model.Reply;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// A command was done, and this was the answer.
///
/// ```
/// request id │ varint elapsed │ bytes reply
/// ```
///
/// @param elapsedMillis when its client was last heard, in the log's time
/// @param reply as [Reply] encodes it; do not change it
public record Answered(RequestId request, long elapsedMillis, byte[] reply) {

  private static final int REPLY_BYTES_MAX = Reply.REPLY_BYTES_MAX + 16;

  byte[] toBytes() {
    CanonicalWriter writer = new CanonicalWriter();
    RequestId.CODEC.write(request, writer);
    return writer.varint(elapsedMillis).bytes(reply).toBytes();
  }

  static Answered read(CanonicalReader reader) {
    return new Answered(
        RequestId.CODEC.read(reader), reader.varint(), reader.bytes(REPLY_BYTES_MAX, "a reply"));
  }
}
