package io.kogluktualuk.fabric.node;

import io.kogluktualuk.controlplane.api.AcquireLease;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.SetCreditLimit;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.DescribeRequest;
import io.kogluktualuk.memnode.api.HoldRequest;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.api.LocateRequest;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.NodeDescription;
import io.kogluktualuk.memnode.api.ReleaseRequest;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.ReserveResponse;
import io.kogluktualuk.memnode.api.Retention;
import io.kogluktualuk.memnode.api.SealRequest;
import io.kogluktualuk.memnode.api.SealResult;
import io.kogluktualuk.memnode.api.SessionId;
import io.kogluktualuk.memnode.api.SpaceTerms;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.api.WriteWindow;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import io.kogluktualuk.rdma.transport.memory.RegisteredPool;
import io.kogluktualuk.rdma.transport.memory.RemoteMemory;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/// One stage of a pipeline: it has a lease and an account of its own, puts blobs that are held
/// from the moment they are there, and takes over those of others by their hashes.
final class StagePeer implements AutoCloseable {

  private static final Duration TTL = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SpaceTerms space;
  private final LeaseProof proof;
  private final SessionId session = SessionId.random(new SecureRandom());
  private final Channel channel;
  private final RemoteMemory memory;
  private final RegisteredPool pool = RegisteredPool.create(1 << 20, 1);

  StagePeer(String name, long limitBytes, ControlClient control, InetSocketAddress node) {
    Account account = new Account(name);
    RequestIds requests = new RequestIds(new SecureRandom());
    control.setCreditLimit(new SetCreditLimit(requests.next(), account, limitBytes));
    LeaseId id = LeaseId.of(new SecureRandom());
    this.proof =
        control
            .acquire(new AcquireLease(requests.next(), id, name, account, TTL.toMillis()))
            .proof();
    this.space = new SpaceTerms(account, PATIENCE);
    this.channel = RpcClient.connect(node, soon());
    NodeDescription description = describe();
    this.memory =
        RemoteMemory.connect(
            new InetSocketAddress(description.dataHost(), description.dataPort()), soon());
  }

  private static Deadline soon() {
    return Deadline.after(PATIENCE.plusSeconds(10));
  }

  private NodeDescription describe() {
    return channel.call(MemoryCalls.DESCRIBE, new DescribeRequest(Tenant.DEFAULT), soon());
  }

  LeaseProof proof() {
    return proof;
  }

  private LeaseTerms lease() {
    return new LeaseTerms(proof, TTL, 1);
  }

  /// Stores a transient blob, held under the own lease; waits for credits.
  void put(Blob blob) {
    ReserveRequest.Item item =
        new ReserveRequest.Item(blob.hash(), blob.length(), new Retention.Derived(0));
    WriteWindow window = null;
    while (window == null) { // all windows may be lent for a moment
      ReserveResponse reserved =
          channel.call(
              MemoryCalls.RESERVE,
              new ReserveRequest(Tenant.DEFAULT, session, space, lease(), null, List.of(item)),
              soon());
      window = reserved.window();
    }
    try (RegisteredBuffer buffer = pool.acquire(soon())) {
      MemorySegment.copy(blob.bytes(), 0, buffer.segment(), 0, blob.length());
      memory.write(window.region(), 0, buffer, 0, blob.length(), soon());
    }
    var sealed =
        channel.call(
            MemoryCalls.SEAL, new SealRequest(Tenant.DEFAULT, session, window.id(), false), soon());
    if (!(sealed.items().getFirst() instanceof SealResult.Sealed)) {
      throw new AssertionError(blob + " was not sealed: " + sealed.failure());
    }
  }

  /// Takes a blob over from another stage: holds it, then ends the other's hold.
  void takeOver(Hash hash, LeaseProof from) {
    var held =
        channel.call(
            MemoryCalls.HOLD,
            new HoldRequest(Tenant.DEFAULT, lease(), space, List.of(hash)),
            soon());
    if (!held.absent().isEmpty()) {
      throw new AssertionError(hash + " has gone while it was held");
    }
    release(hash, from);
  }

  /// Ends a hold.
  void release(Hash hash, LeaseProof holder) {
    long ended =
        channel
            .call(
                MemoryCalls.RELEASE,
                new ReleaseRequest(Tenant.DEFAULT, holder, 1, false, List.of(hash)),
                soon())
            .count();
    if (ended != 1) {
      throw new AssertionError(hash + " was not held by " + holder);
    }
  }

  byte[] read(Hash hash) {
    BlobLocation location =
        channel
            .call(MemoryCalls.LOCATE, new LocateRequest(Tenant.DEFAULT, List.of(hash)), soon())
            .found()
            .get(0);
    if (location == null) {
      throw new AssertionError(hash + " is lost");
    }
    try (RegisteredBuffer buffer = pool.acquire(soon())) {
      memory.read(
          describe().regions().get(location.region()),
          location.offset(),
          buffer,
          0,
          location.length(),
          soon());
      return buffer.segment().asSlice(0, location.length()).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  @Override
  public void close() {
    memory.close();
    channel.close();
    pool.close();
  }
}
