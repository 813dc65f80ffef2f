package io.kogluktualuk.fabric.benchmarks;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Three etcd members on the loopback, and the leanest possible client: gRPC with requests written
/// by hand, several connections to each member.
///
/// **Threading:** any thread. **Ownership:** the members end with [#close].
final class EtcdPeer implements AutoCloseable {

  static final int MEMBERS = 3;

  /// Connections to each member: one carries all of 256 clients, more take turns at its locks.
  static final int CONNECTIONS = 4;

  private static final Path PROGRAM = Path.of("/usr/bin/etcd");
  private static final Duration READY_MAX = Duration.ofSeconds(30);
  static final Duration CALL_MAX = Duration.ofSeconds(20);

  private static final MethodDescriptor<byte[], byte[]> PUT = method("etcdserverpb.KV/Put");
  private static final MethodDescriptor<byte[], byte[]> RANGE = method("etcdserverpb.KV/Range");
  private static final MethodDescriptor<byte[], byte[]> TXN = method("etcdserverpb.KV/Txn");
  private static final MethodDescriptor<byte[], byte[]> STATUS =
      method("etcdserverpb.Maintenance/Status");

  /// A message is its bytes.
  private static final class Plain implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final List<Process> members = new ArrayList<>();
  private final List<List<ManagedChannel>> channels = new ArrayList<>();

  private EtcdPeer() {}

  /// Starts three members and waits for their leader, or returns null where etcd is not installed.
  static @Nullable EtcdPeer start(Path folder) throws IOException, InterruptedException {
    if (!Files.isExecutable(PROGRAM)) {
      return null;
    }
    EtcdPeer peer = new EtcdPeer();
    try {
      int[] ports = Ports.free(2 * MEMBERS);
      for (int member = 0; member < MEMBERS; member++) {
        peer.members.add(startMember(folder, member, ports));
        peer.channels.add(connections(ports[MEMBERS + member]));
      }
      peer.awaitLeader();
      return peer;
    } catch (IOException | InterruptedException | RuntimeException e) {
      peer.close();
      throw e;
    }
  }

  private static Process startMember(Path folder, int member, int[] ports) throws IOException {
    StringBuilder cluster = new StringBuilder();
    for (int i = 0; i < MEMBERS; i++) {
      cluster.append(i == 0 ? "" : ",").append("m" + i + "=http://127.0.0.1:" + ports[i]);
    }
    String own = "http://127.0.0.1:" + ports[member];
    String clients = "http://127.0.0.1:" + ports[MEMBERS + member];
    List<String> command =
        List.of(
            PROGRAM.toString(),
            "--name=m" + member,
            "--data-dir=" + folder.resolve("etcd-" + member),
            "--listen-peer-urls=" + own,
            "--initial-advertise-peer-urls=" + own,
            "--listen-client-urls=" + clients,
            "--advertise-client-urls=" + clients,
            "--initial-cluster=" + cluster,
            "--initial-cluster-state=new",
            "--initial-cluster-token=kog-bench");
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("etcd-" + member + ".log").toFile())
        .start();
  }

  private static List<ManagedChannel> connections(int port) {
    List<ManagedChannel> open = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      open.add(
          NettyChannelBuilder.forAddress("127.0.0.1", port)
              .usePlaintext()
              .directExecutor()
              .build());
    }
    return open;
  }

  private void awaitLeader() throws IOException, InterruptedException {
    long end = System.nanoTime() + READY_MAX.toNanos();
    while (leader() < 0) {
      if (System.nanoTime() > end) {
        throw new IOException("etcd elected no leader within " + READY_MAX);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /// Which member leads, or -1 while none says so.
  int leader() {
    for (int member = 0; member < MEMBERS; member++) {
      try {
        byte[] status = call(channels.get(member).getFirst(), STATUS, new byte[0], CALL_MAX);
        int[] header = Protobuf.range(status, 1);
        long leader = Protobuf.number(status, 0, status.length, 4);
        if (header != null
            && leader != 0
            && leader == Protobuf.number(status, header[0], header[1], 2)) {
          return member;
        }
      } catch (StatusRuntimeException e) {
        continue; // it is not up yet, or gone
      }
    }
    return -1;
  }

  /// `kill -9`.
  void kill(int member) {
    members.get(member).destroyForcibly();
  }

  void put(int member, int client, byte[] key, byte[] value, Duration timeout) {
    call(channel(member, client), PUT, putRequest(key, value), timeout);
  }

  /// Puts all in one transaction.
  void putAll(int member, int client, List<byte[]> keys, byte[] value) {
    Protobuf transaction = new Protobuf();
    for (byte[] key : keys) {
      byte[] operation = new Protobuf().bytes(2, putRequest(key, value)).toBytes();
      transaction.bytes(2, operation);
    }
    call(channel(member, client), TXN, transaction.toBytes(), CALL_MAX);
  }

  /// A linearizable read.
  void get(int member, int client, byte[] key, Duration timeout) {
    call(channel(member, client), RANGE, new Protobuf().bytes(1, key).toBytes(), timeout);
  }

  private ManagedChannel channel(int member, int client) {
    return channels.get(member).get(client % CONNECTIONS);
  }

  private static byte[] putRequest(byte[] key, byte[] value) {
    return new Protobuf().bytes(1, key).bytes(2, value).toBytes();
  }

  private static byte[] call(
      ManagedChannel channel,
      MethodDescriptor<byte[], byte[]> method,
      byte[] request,
      Duration timeout) {
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    return ClientCalls.blockingUnaryCall(channel, method, options, request);
  }

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.newBuilder(new Plain(), new Plain())
        .setType(MethodType.UNARY)
        .setFullMethodName(name)
        .build();
  }

  @Override
  public void close() {
    channels.forEach(each -> each.forEach(ManagedChannel::shutdownNow));
    members.forEach(Process::destroyForcibly);
    for (Process member : members) {
      member.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
  }
}
