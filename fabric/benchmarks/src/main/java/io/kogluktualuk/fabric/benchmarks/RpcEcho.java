package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.MethodTable;

/// The calls that are measured: 32 bytes there and back, which no codec here allocates memory for.
///
/// **Threading:** stateless.
final class RpcEcho {

  static final int BYTES = 32;

  /// Four numbers.
  record Message(long a, long b, long c, long d) {}

  static final Message MESSAGE = new Message(-1, 2, 3, Long.MIN_VALUE);

  private static final Codec<Message> CODEC =
      new Codec<>() {
        @Override
        public void write(Message message, CanonicalWriter writer) {
          writer.u64(message.a()).u64(message.b()).u64(message.c()).u64(message.d());
        }

        @Override
        public Message read(CanonicalReader reader) {
          boolean isEqual =
              reader.u64() == MESSAGE.a()
                  & reader.u64() == MESSAGE.b()
                  & reader.u64() == MESSAGE.c()
                  & reader.u64() == MESSAGE.d();
          if (!isEqual) {
            throw reader.malformed("it is not the message that was sent");
          }
          return MESSAGE;
        }
      };

  /// Answered by the thread that takes it.
  static final Method<Message, Message> INLINE =
      new Method<>(1, "bench.inline", CODEC, CODEC, true);

  /// Answered by a virtual thread of its own.
  static final Method<Message, Message> VIRTUAL =
      new Method<>(2, "bench.virtual", CODEC, CODEC, true);

  private RpcEcho() {}

  static MethodTable methods() {
    return new MethodTable().onInline(INLINE, message -> message).on(VIRTUAL, message -> message);
  }
}
