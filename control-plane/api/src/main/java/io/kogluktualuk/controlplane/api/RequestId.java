package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// The name of one command of one client, so that a command sent twice is done once.
///
/// A client counts its commands from 1. Whoever sends a command again, at whichever control node,
/// sends it with the same name, and gets the reply that the first one got.
///
/// ```
/// client 16 bytes │ varint sequence
/// ```
///
/// @param clientHigh with `clientLow`, the client: drawn at random when it starts
/// @param sequence positive; the control plane remembers the last [#WINDOW] of each client
public record RequestId(long clientHigh, long clientLow, long sequence) {

  /// The most commands that one client may have under way, and the replies kept for it.
  public static final int WINDOW = 128;

  static final int ENCODED_BYTES_MAX = 16 + 9;

  public static final Codec<RequestId> CODEC =
      new Codec<>() {
        @Override
        public void write(RequestId id, CanonicalWriter writer) {
          writer.u64(id.clientHigh).u64(id.clientLow).varint(id.sequence);
        }

        @Override
        public RequestId read(CanonicalReader reader) {
          long high = reader.u64();
          long low = reader.u64();
          long sequence = reader.varint();
          if (sequence == 0) {
            throw reader.malformed("the sequence of a request is 0");
          }
          return new RequestId(high, low, sequence);
        }
      };

  public RequestId {
    if (sequence <= 0) {
      throw new IllegalArgumentException("request " + sequence + " of a client");
    }
  }
}
