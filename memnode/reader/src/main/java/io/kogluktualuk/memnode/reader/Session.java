package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.memnode.api.AbsentResponse;
import io.kogluktualuk.memnode.api.Affected;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.CollectPage;
import io.kogluktualuk.memnode.api.CollectRequest;
import io.kogluktualuk.memnode.api.CollectStep;
import io.kogluktualuk.memnode.api.DescribeRequest;
import io.kogluktualuk.memnode.api.HoldRequest;
import io.kogluktualuk.memnode.api.IndexEntry;
import io.kogluktualuk.memnode.api.IndexLayout;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.api.LocateRequest;
import io.kogluktualuk.memnode.api.LocateResponse;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.NodeDescription;
import io.kogluktualuk.memnode.api.PinRequest;
import io.kogluktualuk.memnode.api.PutRequest;
import io.kogluktualuk.memnode.api.ReleaseRequest;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.ReserveResponse;
import io.kogluktualuk.memnode.api.SealRequest;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SessionId;
import io.kogluktualuk.memnode.api.SpaceTerms;
import io.kogluktualuk.memnode.api.StandRequest;
import io.kogluktualuk.memnode.api.StandResponse;
import io.kogluktualuk.memnode.api.SyncRequest;
import io.kogluktualuk.memnode.api.SyncResponse;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.api.TouchRequest;
import io.kogluktualuk.memnode.api.WriteWindow;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import io.kogluktualuk.rdma.transport.memory.RemoteMemory;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import io.kogluktualuk.rdma.transport.memory.Transfer;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A connection to one run of one memory node: its control calls, its memory, what it has.
///
/// **Threading:** any thread.
/// **Ownership:** owns channel and queue pairs. Buffers are the caller's.
/// **Errors:** those of [Channel] and [RemoteMemory]; after any of them [NodeLink] makes a new
/// one.
final class Session implements AutoCloseable {

  /// Window ids are worth nothing without the session's; so this must not be predictable.
  private static final SecureRandom RANDOM = new SecureRandom();

  /// After the node had no standing window to lend, it is left alone for so long.
  private static final Duration STAND_AGAIN = Duration.ofSeconds(1);

  /// Far fewer than a connection can have under way, so that one which frees room is never behind
  /// those that wait for it.
  private static final int PATIENT_MAX = 256;

  private final Semaphore patient = new Semaphore(PATIENT_MAX, true);
  private final SessionId id = SessionId.random(RANDOM);
  private final String nodeId;
  private final Tenant tenant;
  private final Channel channel;
  private final RemoteMemory memory;
  private final Tally tally;
  private final Object renewing = new Object();
  private final ReentrantLock asking = new ReentrantLock();
  private volatile NodeDescription description;
  private volatile @Nullable StandingWindow standing;

  /// When to ask for a standing window again, after there was none.
  private volatile long standNotBeforeNanos = System.nanoTime();

  private Session(
      String nodeId,
      Tenant tenant,
      Channel channel,
      RemoteMemory memory,
      NodeDescription description,
      Tally tally) {
    this.nodeId = nodeId;
    this.tenant = tenant;
    this.channel = channel;
    this.memory = memory;
    this.description = description;
    this.tally = tally;
  }

  static Session open(
      MemoryNode node, Tenant tenant, RpcSecurity security, Deadline deadline, Tally tally) {
    Channel channel =
        RpcClient.connect(node.address(), security.expecting(PeerName.Role.MEMORY), deadline);
    try {
      NodeDescription description = describe(node.id(), tenant, channel, deadline);
      RemoteMemory memory = RemoteMemory.connect(dataAddress(node, description), deadline);
      return new Session(node.id(), tenant, channel, memory, description, tally);
    } catch (RuntimeException e) {
      try {
        channel.close();
      } catch (RuntimeException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  private static NodeDescription describe(
      String nodeId, Tenant tenant, Channel channel, Deadline deadline) {
    NodeDescription description =
        channel.call(MemoryCalls.DESCRIBE, new DescribeRequest(tenant), deadline);
    if (!description.id().equals(nodeId)) {
      throw new Unavailable(
          "memory node " + nodeId + ": node " + description.id() + " answers at its address");
    }
    return description;
  }

  private static InetSocketAddress dataAddress(MemoryNode node, NodeDescription description) {
    InetSocketAddress address =
        new InetSocketAddress(description.dataHost(), description.dataPort());
    boolean anywhere = address.getAddress() != null && address.getAddress().isAnyLocalAddress();
    return anywhere
        ? new InetSocketAddress(node.address().getAddress(), description.dataPort())
        : address;
  }

  /// Replaces what is known of the node's regions and index by what it says now.
  NodeDescription describeAgain(Deadline deadline) {
    NodeDescription now = describe(nodeId, tenant, channel, deadline);
    description = now;
    return now;
  }

  NodeDescription description() {
    return description;
  }

  /// Replaces what is known, unless somebody has done so since it was `known`.
  void renew(NodeDescription known, Deadline deadline) {
    synchronized (renewing) {
      if (description == known) {
        describeAgain(deadline);
      }
    }
  }

  /// Looks hashes up in the node's index, each by one read, all at once.
  ///
  /// @param buffer holds [IndexLayout#PROBE_BYTES] for each
  Map<Hash, IndexEntry> lookUp(List<Hash> hashes, RegisteredBuffer buffer, Deadline deadline) {
    NodeDescription now = description;
    List<Transfer> transfers = new ArrayList<>(hashes.size());
    for (int i = 0; i < hashes.size(); i++) {
      long home = IndexLayout.home(hashes.get(i), now.indexHomes());
      int segment = IndexLayout.segment(hashes.get(i), now.index().size());
      transfers.add(
          new Transfer(
              now.index().get(segment),
              home * IndexLayout.ENTRY_BYTES,
              buffer,
              (long) i * IndexLayout.PROBE_BYTES,
              IndexLayout.PROBE_BYTES));
    }
    readAll(transfers, deadline);
    Map<Hash, IndexEntry> found = new HashMap<>();
    for (int i = 0; i < hashes.size(); i++) {
      long at = (long) i * IndexLayout.PROBE_BYTES;
      IndexEntry entry =
          IndexLayout.find(buffer.segment().asSlice(at, IndexLayout.PROBE_BYTES), hashes.get(i));
      if (entry != null) {
        found.put(hashes.get(i), entry);
      }
    }
    return found;
  }

  /// Asks the node itself.
  Map<Hash, BlobLocation> locate(List<Hash> hashes, Deadline deadline) {
    return ask(MemoryCalls.LOCATE, hashes, deadline);
  }

  private Map<Hash, BlobLocation> ask(
      Method<LocateRequest, LocateResponse> method, List<Hash> hashes, Deadline deadline) {
    Map<Hash, BlobLocation> found = new HashMap<>();
    channel
        .call(method, new LocateRequest(tenant, hashes), deadline)
        .found()
        .forEach(
            (position, location) -> {
              if (position < hashes.size()) {
                found.put(hashes.get(position), location);
              }
            });
    return found;
  }

  /// Has the node bring spilled blobs back to memory.
  ///
  /// @param hashes at most [MemoryCalls#ITEMS_MAX]
  /// @return where they lie now, those that the node has; what had no room is still spilled
  Map<Hash, BlobLocation> promote(List<Hash> hashes, Deadline deadline) {
    Map<Hash, BlobLocation> found = ask(MemoryCalls.PROMOTE, hashes, deadline);
    tally.promoted.add(found.values().stream().filter(place -> !place.isSpilled()).count());
    return found;
  }

  /// The read that fetches a blob to `bufferOffset`.
  ///
  /// @throws Refused when the node does not have that region
  Transfer transfer(
      BlobLocation location, RegisteredBuffer buffer, long bufferOffset, Deadline deadline) {
    return new Transfer(
        region(location, deadline), location.offset(), buffer, bufferOffset, location.length());
  }

  private RemoteRegion region(BlobLocation location, Deadline deadline) {
    List<RemoteRegion> regions = description.regions();
    if (location.region() >= regions.size()) {
      regions = describeAgain(deadline).regions();
    }
    if (location.region() >= regions.size()) {
      throw new Refused(
          "memory node " + nodeId + ": has " + regions.size() + " regions, not " + location);
    }
    return regions.get(location.region());
  }

  void readAll(List<Transfer> transfers, Deadline deadline) {
    long bytes = 0;
    for (Transfer each : transfers) {
      bytes += each.length();
    }
    if (!transfers.isEmpty()) {
      memory.readAll(transfers, deadline);
    }
    tally.read(transfers.size(), bytes);
  }

  /// Fetches one blob to the start of a buffer.
  ///
  /// @throws Refused when the node does not have that region
  void read(BlobLocation location, RegisteredBuffer buffer, Deadline deadline) {
    RemoteRegion region = region(location, deadline);
    memory.read(region, location.offset(), buffer, 0, location.length(), deadline);
    tally.read(1, location.length());
  }

  /// The window that stands for small blobs; asks for one when there is none, or the last is
  /// nearly over.
  ///
  /// @return null when there is none now, or somebody else is asking
  @Nullable StandingWindow standing(Deadline deadline) {
    StandingWindow now = standing;
    long nowNanos = System.nanoTime();
    if (now != null && !now.isOver(nowNanos)) {
      return now;
    }
    if (nowNanos - standNotBeforeNanos < 0 || !asking.tryLock()) {
      return null;
    }
    try {
      return stand(deadline);
    } finally {
      asking.unlock();
    }
  }

  private @Nullable StandingWindow stand(Deadline deadline) {
    long askedNanos = System.nanoTime();
    StandResponse response =
        channel.call(MemoryCalls.STAND, new StandRequest(tenant, id), deadline);
    WriteWindow window = response.window();
    if (window == null) {
      standNotBeforeNanos = askedNanos + STAND_AGAIN.toNanos();
      standing = null;
      return null;
    }
    // Not to its last moment: after that the node denies a WRITE, which would cost the connection.
    long usedNanos = response.lifetime().toNanos() / 4 * 3;
    StandingWindow fresh = new StandingWindow(window, askedNanos + usedNanos);
    standing = fresh;
    return fresh;
  }

  /// The node does not know that window any more.
  void forget(StandingWindow gone) {
    asking.lock();
    try {
      if (standing == gone) {
        standing = null;
      }
    } finally {
      asking.unlock();
    }
  }

  void write(
      RemoteRegion region,
      long regionOffset,
      RegisteredBuffer buffer,
      int length,
      Deadline deadline) {
    memory.write(region, regionOffset, buffer, 0, length, deadline);
    tally.wrote(1, length);
  }

  SealResponse put(long window, int offset, List<Blob> blobs, PutTerms terms, Deadline deadline) {
    ReserveRequest request = terms.request(tenant, id, blobs, deadline);
    return channel.call(MemoryCalls.PUT, new PutRequest(window, offset, request), deadline);
  }

  ReserveResponse reserve(List<Blob> blobs, PutTerms terms, Deadline deadline) {
    return patiently(
        deadline,
        () ->
            channel.call(
                MemoryCalls.RESERVE, terms.request(tenant, id, blobs, deadline), deadline));
  }

  AbsentResponse hold(LeaseTerms lease, Account account, List<Hash> hashes, Deadline deadline) {
    return patiently(
        deadline,
        () -> {
          SpaceTerms space = new SpaceTerms(account, PutTerms.patience(deadline));
          HoldRequest ask = new HoldRequest(tenant, lease, space, hashes);
          return channel.call(MemoryCalls.HOLD, ask, deadline);
        });
  }

  /// Makes a call that may wait at the node for room that only other calls of this session free.
  private <R> R patiently(Deadline deadline, Supplier<R> call) {
    try {
      if (!patient.tryAcquire(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS)) {
        throw new OutOfCredits(
            "memory node " + nodeId + ": " + PATIENT_MAX + " calls of this session wait for room");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("memory node " + nodeId + ": interrupted while waiting for room", e);
    }
    try {
      return call.get();
    } finally {
      patient.release();
    }
  }

  Affected release(LeaseProof proof, long order, List<Hash> hashes, Deadline deadline) {
    return channel.call(
        MemoryCalls.RELEASE, new ReleaseRequest(tenant, proof, order, false, hashes), deadline);
  }

  Affected touch(List<Hash> hashes, Deadline deadline) {
    return channel.call(MemoryCalls.TOUCH, new TouchRequest(tenant, hashes), deadline);
  }

  Affected scarce(List<Hash> hashes, Deadline deadline) {
    return channel.call(MemoryCalls.SCARCE, new LocateRequest(tenant, hashes), deadline);
  }

  AbsentResponse pin(long generation, Account account, List<Hash> hashes, Deadline deadline) {
    SpaceTerms space = new SpaceTerms(account, PutTerms.patience(deadline));
    return channel.call(
        MemoryCalls.PIN, new PinRequest(tenant, generation, space, hashes), deadline);
  }

  CollectPage collect(
      long generation, Duration grace, CollectStep step, long from, Deadline deadline) {
    return channel.call(
        MemoryCalls.COLLECT, new CollectRequest(tenant, generation, grace, step, from), deadline);
  }

  SyncResponse sync(Deadline deadline) {
    return channel.call(MemoryCalls.SYNC, new SyncRequest(tenant), deadline);
  }

  SealResponse seal(long window, Deadline deadline) {
    return channel.call(MemoryCalls.SEAL, new SealRequest(tenant, id, window), deadline);
  }

  @Override
  public void close() {
    try {
      memory.close();
    } finally {
      channel.close();
    }
  }
}
