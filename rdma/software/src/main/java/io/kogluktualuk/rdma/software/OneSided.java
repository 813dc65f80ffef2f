package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvSendWR;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Performs READ, WRITE and atomic requests: a check of key, bounds and rights, and a copy.
///
/// **Threading:** under the send lock of its queue pair.
final class OneSided {

  private static final Logger LOG = LoggerFactory.getLogger(OneSided.class);
  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
  private static final int ATOMIC_BYTES = 8;

  private final RemoteRegions regions;
  private final LocalMemory local;
  private final Peer peer;

  OneSided(RemoteRegions regions, LocalMemory local, Peer peer) {
    this.regions = regions;
    this.local = local;
    this.peer = peer;
  }

  /// Does it; returns the completion status.
  int execute(SendRequest request) {
    long length = request.totalBytes();
    if (length == 0) {
      return Status.SUCCESS;
    }
    boolean isRead =
        request.opcode != IbvSendWR.IBV_WR_RDMA_WRITE
            && request.opcode != IbvSendWR.IBV_WR_RDMA_WRITE_WITH_IMM;
    if (!local.isRegistered(request, isRead)) {
      return Status.LOC_PROT_ERR;
    }
    RemoteRegions.Region region;
    try {
      region = regions.find(request.rkey);
    } catch (RemoteRegions.Denied e) {
      LOG.debug("one-sided access denied with status {}: {}", e.status, e.getMessage());
      return e.status;
    }
    long offset = request.remoteAddress - region.address();
    boolean isInside = offset >= 0 && offset <= region.memory().byteSize() - length;
    if (!isInside || !region.allows(rightFor(request))) {
      return Status.REM_ACCESS_ERR;
    }
    return access(request, region, offset, length);
  }

  private static int rightFor(SendRequest request) {
    return switch (request.opcode) {
      case IbvSendWR.IBV_WR_RDMA_READ -> IbvMr.IBV_ACCESS_REMOTE_READ;
      case IbvSendWR.IBV_WR_RDMA_WRITE, IbvSendWR.IBV_WR_RDMA_WRITE_WITH_IMM ->
          IbvMr.IBV_ACCESS_REMOTE_WRITE;
      default -> IbvMr.IBV_ACCESS_REMOTE_ATOMIC;
    };
  }

  private int access(SendRequest request, RemoteRegions.Region region, long offset, long length) {
    if (!Grants.enter(peer.link.other, region.slot(), request.rkey)) {
      regions.forgetWithdrawn();
      return Status.REM_ACCESS_ERR;
    }
    try {
      return copy(request, region.memory(), offset, length);
    } catch (InternalError e) {
      // The peer's file was cut short under its mapping.
      LOG.warn("a region of a peer cannot be accessed any more: {}", e.toString());
      return Status.REM_OP_ERR;
    } finally {
      Grants.leave(peer.link.other, region.slot());
    }
  }

  private int copy(SendRequest request, MemorySegment remote, long offset, long length) {
    boolean isDone =
        switch (request.opcode) {
          case IbvSendWR.IBV_WR_RDMA_READ ->
              local.scatter(request.pieces, 0, remote, offset, length);
          case IbvSendWR.IBV_WR_RDMA_WRITE, IbvSendWR.IBV_WR_RDMA_WRITE_WITH_IMM ->
              local.gather(request, 0, remote, offset, length);
          default -> {
            if (length != ATOMIC_BYTES || offset % ATOMIC_BYTES != 0) {
              yield false;
            }
            MemorySegment before =
                MemorySegment.ofArray(new long[] {atomic(request, remote, offset)});
            yield local.scatter(request.pieces, 0, before, 0, ATOMIC_BYTES);
          }
        };
    return isDone ? Status.SUCCESS : Status.REM_INV_REQ_ERR;
  }

  private static long atomic(SendRequest request, MemorySegment remote, long offset) {
    return request.opcode == IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD
        ? (long) LONG.getAndAdd(remote, offset, request.compareAdd)
        : (long) LONG.compareAndExchange(remote, offset, request.compareAdd, request.swap);
  }
}
