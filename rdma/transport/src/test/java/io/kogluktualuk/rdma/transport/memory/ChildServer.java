package io.kogluktualuk.rdma.transport.memory;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.rdma.transport.rpc.RpcServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/// A server in a process of its own: publishes one file and echoes calls, until its input ends or
/// it is killed.
public final class ChildServer implements AutoCloseable {

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

  /// What the child answers; a first byte of 1 asks it to wait for ever.
  public static final Method<byte[], byte[]> ECHO =
      new Method<>(1, "child.echo", BYTES, BYTES, false);

  private final ChildJvm process;
  private final InetSocketAddress rpc;
  private final InetSocketAddress memory;
  private final RemoteRegion region;

  private ChildServer(ChildJvm process, String line) {
    String[] words = line.split(" ");
    this.process = process;
    this.rpc = local(words[0]);
    this.memory = local(words[1]);
    this.region =
        new RemoteRegion(
            Long.parseLong(words[2]), Long.parseLong(words[3]), Integer.parseInt(words[4]));
  }

  private static InetSocketAddress local(String port) {
    return RdmaAddress.port(Integer.parseInt(port));
  }

  /// Starts a child that publishes the whole of a file for reading and writing.
  public static ChildServer start(Path file) throws IOException {
    ChildJvm process = ChildJvm.start(ChildServer.class, file.toString());
    return new ChildServer(process, process.line());
  }

  public InetSocketAddress rpc() {
    return rpc;
  }

  public InetSocketAddress memory() {
    return memory;
  }

  public RemoteRegion region() {
    return region;
  }

  public long pid() {
    return process.pid();
  }

  /// kill -9.
  public void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }

  /// The child.
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    MethodTable methods = new MethodTable().on(ECHO, ChildServer::answer);
    try (RegionServer memory = RegionServer.open(local("0"));
        RpcServer rpc = RpcServer.open(local("0"), methods)) {
      RemoteRegion region =
          memory.registerFile(file, 0, Files.size(file), RegionAccess.READ_WRITE).remote();
      System.out.println(
          rpc.address().getPort()
              + " "
              + memory.address().getPort()
              + " "
              + region.address()
              + " "
              + region.length()
              + " "
              + region.rkey());
      int end = System.in.read();
      assert end < 0;
    }
  }

  private static byte[] answer(byte[] request) {
    if (request.length > 0 && request[0] == 1) {
      java.util.concurrent.locks.LockSupport.park();
    }
    return request;
  }
}
