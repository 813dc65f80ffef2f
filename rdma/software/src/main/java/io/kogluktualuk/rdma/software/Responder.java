package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvMr;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// One side's answers to the requests of its peer over TCP: checks every access, places what
/// arrives, and streams what is read.
///
/// Each access is checked against key, domain, rights and bounds when the request comes and again
/// for each chunk, so a region that is deregistered in the middle ends the access with
/// `REM_ACCESS_ERR`, as with an adapter. After the first refusal nothing that the peer requests is
/// executed any more.
///
/// **Threading:** its path's lock. **Bound:** [Frame#READS_MAX] unanswered requests; a peer that
/// makes more breaks the protocol.
final class Responder implements Outbox.Source {

  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
  private static final int ATOMIC_BYTES = 8;
  private static final int ANSWERS_MAX = Frame.READS_MAX + 1;

  private final SoftwareQueuePair queuePair;
  private final PostedReceives receives;
  private final LocalMemory local;
  private final RegionTable regions;

  // Answers that are due, oldest first; type NAK has the status as key and the number as address,
  // RESULT the value as address.
  private final int[] types = new int[ANSWERS_MAX];
  private final int[] keys = new int[ANSWERS_MAX];
  private final long[] addresses = new long[ANSWERS_MAX];
  private final long[] lengths = new long[ANSWERS_MAX];
  private final int[] requests = new int[ANSWERS_MAX];
  private int first;
  private int count;

  /// How much of the oldest answer has been said.
  private long said;

  private int executed;
  private boolean isDeaf;

  // The SEND or WRITE that is arriving.
  private boolean isArriving;
  private boolean isMessage;
  private int flags;
  private int key;
  private long address;
  private long total;
  private long arrived;
  private int immediate;

  Responder(SoftwareQueuePair queuePair, RegionTable regions) {
    this.queuePair = queuePair;
    this.receives = queuePair.receives();
    this.local = queuePair.local();
    this.regions = regions;
  }

  int executed() {
    return executed;
  }

  /// Whether a SEND or WRITE has not arrived whole.
  boolean isArriving() {
    return isArriving;
  }

  private boolean isDeaf() {
    if (!isDeaf && queuePair.isFailed()) {
      refuse(Status.RETRY_EXC_ERR);
    }
    return isDeaf;
  }

  private @Nullable SoftwareRegion access(int rkey, long from, long length, int right) {
    SoftwareRegion region = regions.find(rkey);
    if (region == null || region.domain() != queuePair.domain() || (region.access() & right) == 0) {
      return null;
    }
    long offset = from - region.getAddr();
    boolean isInside = offset >= 0 && offset <= region.memory().byteSize() - length;
    return isInside ? region : null;
  }

  /// With the first refusal the connection is over for this end too, as with an adapter.
  private void refuse(int status) {
    answer(Frame.NAK, status, Integer.toUnsignedLong(executed), 0);
    queuePair.fail();
    isDeaf = true;
    isArriving = false;
  }

  private void answer(int type, int answerKey, long answerAddress, long length) {
    if (count == ANSWERS_MAX - (type == Frame.NAK ? 0 : 1)) {
      throw new MalformedEncoding("more than " + Frame.READS_MAX + " requests await an answer");
    }
    int at = (first + count) % ANSWERS_MAX;
    types[at] = type;
    keys[at] = answerKey;
    addresses[at] = answerAddress;
    lengths[at] = length;
    requests[at] = executed;
    count++;
  }

  void onRead(int rkey, long from, long length) {
    if (isDeaf()) {
      return;
    }
    if (length > 0 && access(rkey, from, length, IbvMr.IBV_ACCESS_REMOTE_READ) == null) {
      refuse(Status.REM_ACCESS_ERR);
      return;
    }
    answer(Frame.DATA, rkey, from, length);
    executed++;
  }

  void onAtomic(boolean isSwap, int rkey, long at, long operand, long swap) {
    if (isDeaf()) {
      return;
    }
    SoftwareRegion region = access(rkey, at, ATOMIC_BYTES, IbvMr.IBV_ACCESS_REMOTE_ATOMIC);
    if (region == null || !region.enter()) {
      refuse(Status.REM_ACCESS_ERR);
      return;
    }
    try {
      if (at % ATOMIC_BYTES != 0) {
        refuse(Status.REM_INV_REQ_ERR);
        return;
      }
      MemorySegment memory = region.memory();
      long offset = at - region.getAddr();
      long before =
          isSwap
              ? (long) LONG.compareAndExchange(memory, offset, operand, swap)
              : (long) LONG.getAndAdd(memory, offset, operand);
      answer(Frame.RESULT, 0, before, 0);
      executed++;
    } catch (InternalError e) {
      // The file behind the memory was cut short.
      refuse(Status.REM_OP_ERR);
    } finally {
      region.leave();
    }
  }

  /// A SEND begins.
  void onSend(int newFlags, int newImmediate, long length) {
    if (isDeaf()) {
      return;
    }
    if (!receives.hasPosted()) {
      throw new MalformedEncoding("a message came for which no RECV was posted");
    }
    isMessage = true;
    begin(newFlags, newImmediate, length);
    ReceiveRequest request = receives.get(receives.filled());
    if (length > request.totalBytes()) {
      failReceive(Status.LOC_QP_OP_ERR, Status.REM_OP_ERR);
    } else if (!local.isRegistered(request.pieces(), true)) {
      failReceive(Status.LOC_PROT_ERR, Status.REM_OP_ERR);
    } else {
      endIfWhole();
    }
  }

  private void failReceive(int status, int said) {
    receives.finish(status, (int) total, 0, 0);
    refuse(said);
  }

  /// A WRITE begins.
  void onWrite(int newFlags, int newImmediate, int rkey, long to, long length) {
    if (isDeaf()) {
      return;
    }
    if ((newFlags & Frame.IMMEDIATE) != 0 && !receives.hasPosted()) {
      throw new MalformedEncoding("immediate data came for which no RECV was posted");
    }
    isMessage = false;
    key = rkey;
    address = to;
    begin(newFlags, newImmediate, length);
    if (length > 0 && access(rkey, to, length, IbvMr.IBV_ACCESS_REMOTE_WRITE) == null) {
      refuse(Status.REM_ACCESS_ERR);
    } else {
      endIfWhole();
    }
  }

  private void begin(int newFlags, int newImmediate, long length) {
    flags = newFlags;
    immediate = newImmediate;
    total = length;
    arrived = 0;
    isArriving = true;
  }

  /// How long the next chunk of what is arriving must be; 0 when nothing is.
  long due() {
    return isArriving ? Math.min(total - arrived, Frame.CHUNK_BYTES) : 0;
  }

  /// Where the next bytes go; false when they can go nowhere any more, which ends the request.
  boolean findTarget(Span target) {
    if (!isArriving) {
      return false;
    }
    if (isMessage) {
      if (!receives.hasPosted() || queuePair.isFailed()) {
        return false;
      }
      ReceiveRequest request = receives.get(receives.filled());
      if (target.find(local, request.pieces(), arrived, true)) {
        return true;
      }
      onTargetGone();
      return false;
    }
    long left = total - arrived;
    SoftwareRegion region = access(key, address + arrived, left, IbvMr.IBV_ACCESS_REMOTE_WRITE);
    if (region == null) {
      onTargetGone();
      return false;
    }
    target.region = region;
    target.address = address + arrived;
    target.length = left;
    return true;
  }

  void onTargetGone() {
    if (!isArriving) {
      return;
    }
    if (isMessage) {
      failReceive(Status.LOC_PROT_ERR, Status.REM_OP_ERR);
    } else {
      refuse(Status.REM_ACCESS_ERR);
    }
  }

  /// Bytes have arrived in their place.
  void onArrived(long bytes) {
    arrived += bytes;
  }

  /// The chunk is over.
  void onTail(int status) {
    if (status != Status.SUCCESS) {
      // Its queue pair has failed: nothing more is to be expected.
      isDeaf = true;
      isArriving = false;
    } else if (isArriving) {
      endIfWhole();
    }
  }

  private void endIfWhole() {
    if (arrived < total) {
      return;
    }
    isArriving = false;
    executed++;
    boolean hasImmediate = (flags & Frame.IMMEDIATE) != 0;
    if (isMessage || hasImmediate) {
      int completionFlags =
          (hasImmediate ? PostedReceives.IMMEDIATE : 0)
              | ((flags & Frame.SOLICITED) != 0 ? PostedReceives.SOLICITED : 0)
              | (isMessage ? 0 : PostedReceives.WRITTEN);
      if (receives.hasPosted()) {
        receives.finish(Status.SUCCESS, (int) total, completionFlags, immediate);
      }
    }
  }

  /// Adds the next frame; false when no answer is due.
  boolean fill(Outbox out, TcpPath path) {
    if (count == 0) {
      return false;
    }
    if (types[first] == Frame.DATA) {
      fillData(out, path);
    } else {
      long at = out.addHead(Frame.HEADER_BYTES);
      path.putHead(at, types[first], 0, keys[first], addresses[first], 0, 0);
      next();
    }
    return true;
  }

  private void fillData(Outbox out, TcpPath path) {
    int chunk = (int) Math.min(lengths[first] - said, Frame.CHUNK_BYTES);
    long from = addresses[first] + said;
    SoftwareRegion region =
        chunk == 0 ? null : access(keys[first], from, chunk, IbvMr.IBV_ACCESS_REMOTE_READ);
    if (chunk > 0 && region == null) {
      int request = requests[first];
      end();
      answer(Frame.NAK, Status.REM_ACCESS_ERR, Integer.toUnsignedLong(request), 0);
      queuePair.fail();
      fill(out, path);
      return;
    }
    long at = out.addHead(Frame.HEADER_BYTES);
    path.putHead(at, Frame.DATA, 0, 0, 0, chunk, 0);
    if (chunk > 0) {
      out.addPayload(from, chunk, region, this, Integer.toUnsignedLong(requests[first]));
      out.addTail(Status.SUCCESS);
    }
    said += chunk;
    if (said == lengths[first]) {
      next();
    }
  }

  private void next() {
    first = (first + 1) % ANSWERS_MAX;
    count--;
    said = 0;
  }

  /// The memory of an answer is gone: its tail says so, and nothing comes after it.
  @Override
  public int onGone(long number) {
    end();
    return Status.REM_ACCESS_ERR;
  }

  /// No answer is given any more.
  void end() {
    isDeaf = true;
    isArriving = false;
    count = 0;
    said = 0;
  }
}
