package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.DescribeRequest;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.api.NodeDescription;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.ReserveResponse;
import io.kogluktualuk.memnode.api.SealRequest;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SessionId;
import io.kogluktualuk.memnode.api.StatusRequest;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.api.WriteWindow;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import io.kogluktualuk.rdma.transport.memory.RegisteredPool;
import io.kogluktualuk.rdma.transport.memory.RemoteMemory;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// A peer that makes each call and each access by itself, whether they make sense or not.
final class RawPeer implements AutoCloseable {

  /// For slow machines and emulated adapters.
  private static final int PATIENCE = Integer.getInteger("kog.rdma.patience", 1);

  private final Tenant tenant;
  private final SessionId session = SessionId.random(new SecureRandom());
  private final Channel channel;
  private final RemoteMemory memory;
  private final RegisteredPool pool = RegisteredPool.create(4 << 20, 1);

  RawPeer(MemoryNode node, Tenant tenant) {
    this.tenant = tenant;
    this.channel = RpcClient.connect(node.address(), soon());
    NodeDescription description = describe();
    this.memory =
        RemoteMemory.connect(
            new InetSocketAddress(description.dataHost(), description.dataPort()), soon());
  }

  static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20L * PATIENCE));
  }

  NodeDescription describe() {
    return channel.call(MemoryCalls.DESCRIBE, new DescribeRequest(tenant), soon());
  }

  MemoryStatus status() {
    return channel.call(MemoryCalls.STATUS, new StatusRequest(), soon());
  }

  ReserveResponse reserve(Blob... blobs) {
    List<ReserveRequest.Item> items =
        List.of(blobs).stream()
            .map(blob -> new ReserveRequest.Item(blob.hash(), blob.length()))
            .toList();
    return channel.call(MemoryCalls.RESERVE, new ReserveRequest(tenant, session, items), soon());
  }

  /// A window for blobs that are not there.
  WriteWindow window(Blob... blobs) {
    return Objects.requireNonNull(reserve(blobs).window());
  }

  SealResponse seal(WriteWindow window) {
    return channel.call(MemoryCalls.SEAL, new SealRequest(tenant, session, window.id()), soon());
  }

  void write(RemoteRegion region, long offset, byte[] bytes) {
    try (RegisteredBuffer buffer = pool.acquire(soon())) {
      MemorySegment.copy(bytes, 0, buffer.segment(), ValueLayout.JAVA_BYTE, 0, bytes.length);
      memory.write(region, offset, buffer, 0, bytes.length, soon());
    }
  }

  byte[] read(RemoteRegion region, long offset, int length) {
    try (RegisteredBuffer buffer = pool.acquire(soon())) {
      memory.read(region, offset, buffer, 0, length, soon());
      return buffer.segment().asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /// Whether the adapter denies an access, as it does for a key that is not for that.
  static boolean isDenied(Runnable access) {
    try {
      access.run();
      return false;
    } catch (Refused e) {
      if (!String.valueOf(e.getMessage()).contains("completion status 10")) {
        throw e;
      }
      return true;
    }
  }

  @Override
  public void close() {
    memory.close();
    channel.close();
    pool.close();
  }
}
