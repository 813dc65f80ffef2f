package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/// Control calls that tests make.
final class Calls {

  static final Codec<byte[]> BYTES =
      new Codec<>() {
        @Override
        public void write(byte[] message, CanonicalWriter writer) {
          writer.bytes(message);
        }

        @Override
        public byte[] read(CanonicalReader reader) {
          return reader.bytes(Channel.MESSAGE_BYTES_MAX, "the bytes");
        }
      };

  static final Method<byte[], byte[]> ECHO = new Method<>(1, "test.echo", BYTES, BYTES, true);
  static final Method<byte[], byte[]> ONCE = new Method<>(2, "test.once", BYTES, BYTES, false);

  private Calls() {}

  static InetSocketAddress anyPort() {
    return RdmaAddress.anyPort();
  }

  static Deadline in(long millis) {
    return Deadline.after(Duration.ofMillis(millis));
  }
}
