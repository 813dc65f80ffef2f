package io.kogluktualuk.fabric.rpc;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// How one type of message becomes bytes and back.
///
/// **Threading:** implementations are stateless and may be shared.
/// **Errors:** [#read] throws [io.kogluktualuk.fabric.fault.MalformedEncoding]; it never reads past
/// the message and allocates no more than a small multiple of the message's length.
public interface Codec<T> {

  void write(T message, CanonicalWriter writer);

  T read(CanonicalReader reader);
}
