package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvSendWR;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;

/// One side's own requests over TCP: says them in order, and completes them in order as the peer
/// answers.
///
/// READs and atomics are answered by frames; everything else by the count of executed requests in
/// any frame. A SEND goes out only when the peer has said that a RECV is posted for it, as with the
/// end-to-end credits of an adapter: until then it waits here, and fails when `rnr_retry` is used
/// up.
///
/// **Threading:** its path's lock.
final class Requester implements Outbox.Source {

  /// Not a status: the request cannot be said now.
  private static final int WAIT = -1;

  private static final int ATOMIC_BYTES = 8;

  private final SoftwareQueuePair queuePair;
  private final SendRing ring;
  private final LocalMemory local;
  private final int rnrRetries;
  private final Span span = new Span();
  private final MemorySegment word;

  /// Numbers of the READs and atomics that are not answered, oldest first.
  private final long[] reads = new long[Frame.READS_MAX];

  private int firstRead;
  private int readCount;

  /// How many bytes of the oldest READ have arrived.
  private long arrived;

  /// The request that is being said, or will be next, and how much of it has been.
  private long current;

  private long said;

  /// Of the request that cannot be said, or was said wrong; nothing is said behind it.
  private int failure = Status.SUCCESS;

  private long failed;

  private int messages;
  private int peerPosted;

  /// Whether the peer has said how many RECVs it has posted.
  private boolean isPeerHeard;
  private int executed;
  private long rnrDeadline;

  Requester(SoftwareQueuePair queuePair, int rnrRetries, Arena arena) {
    this.queuePair = queuePair;
    this.ring = queuePair.sends();
    this.local = queuePair.local();
    this.rnrRetries = rnrRetries;
    this.word = arena.allocate(ATOMIC_BYTES, ATOMIC_BYTES);
  }

  /// Adds the next frame; false when none can be said now.
  boolean fill(Outbox out, TcpPath path) {
    if (failure != Status.SUCCESS || current == ring.end()) {
      return false;
    }
    SendRequest request = ring.get(current);
    if (said == 0) {
      int ready = check(request, path);
      if (ready == WAIT) {
        return false;
      }
      if (ready != Status.SUCCESS) {
        fail(current, ready);
        return false;
      }
    }
    if (isAnswered(request)) {
      ask(request, out, path);
    } else {
      say(request, out, path);
    }
    return true;
  }

  private static boolean isAnswered(SendRequest request) {
    return request.opcode >= IbvSendWR.IBV_WR_RDMA_READ;
  }

  private static boolean isAtomic(SendRequest request) {
    return request.opcode > IbvSendWR.IBV_WR_RDMA_READ;
  }

  private static boolean takesReceive(SendRequest request) {
    return request.isMessage() || request.opcode == IbvSendWR.IBV_WR_RDMA_WRITE_WITH_IMM;
  }

  private int check(SendRequest request, TcpPath path) {
    if (request.totalBytes() > Integer.MAX_VALUE) {
      return Status.LOC_LEN_ERR;
    }
    if (!local.isRegistered(request, isAnswered(request))) {
      return Status.LOC_PROT_ERR;
    }
    if (isAtomic(request) && request.totalBytes() != ATOMIC_BYTES) {
      return Status.REM_INV_REQ_ERR;
    }
    if (request.isFenced() && readCount > 0
        || isAnswered(request) && readCount == Frame.READS_MAX) {
      return WAIT;
    }
    return takesReceive(request) ? checkCredit(path) : Status.SUCCESS;
  }

  private int checkCredit(TcpPath path) {
    if (peerPosted - messages > 0) {
      rnrDeadline = 0;
      return Status.SUCCESS;
    }
    if (rnrRetries == RingSender.RNR_FOR_EVER) {
      return WAIT;
    }
    long now = System.nanoTime();
    if (rnrDeadline == 0) {
      // RECVs that were posted before the connection came up may not have been told yet.
      int retries = isPeerHeard ? rnrRetries : Math.max(1, rnrRetries);
      long patience = retries * RingSender.RNR_NANOS;
      rnrDeadline = now + patience;
      path.lookAgain(patience, TimeUnit.NANOSECONDS);
    }
    return now - rnrDeadline >= 0 ? Status.RNR_RETRY_EXC_ERR : WAIT;
  }

  private void ask(SendRequest request, Outbox out, TcpPath path) {
    int type =
        switch (request.opcode) {
          case IbvSendWR.IBV_WR_RDMA_READ -> Frame.READ;
          case IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD -> Frame.ADD;
          default -> Frame.SWAP;
        };
    boolean isAtomic = type != Frame.READ;
    long at = out.addHead(isAtomic ? Frame.HEAD_BYTES_MAX : Frame.HEADER_BYTES);
    int length = isAtomic ? 2 * ATOMIC_BYTES : (int) request.totalBytes();
    path.putHead(at, type, 0, request.rkey, request.remoteAddress, length, 0);
    if (isAtomic) {
      long second = type == Frame.SWAP ? request.swap : 0;
      Frame.putOperands(out.heads(), at, request.compareAdd, second);
    }
    reads[(firstRead + readCount) % reads.length] = current;
    readCount++;
    current++;
  }

  private void say(SendRequest request, Outbox out, TcpPath path) {
    long total = request.totalBytes();
    int chunk = (int) Math.min(total - said, Frame.CHUNK_BYTES);
    long at = out.addHead(Frame.HEADER_BYTES);
    if (said > 0) {
      path.putHead(at, Frame.PART, 0, 0, 0, chunk, 0);
    } else if (request.isMessage()) {
      path.putHead(at, Frame.SEND, flags(request), 0, 0, (int) total, request.immediate);
    } else {
      path.putHead(
          at,
          Frame.WRITE,
          flags(request),
          request.rkey,
          request.remoteAddress,
          (int) total,
          request.immediate);
    }
    if (said == 0 && takesReceive(request)) {
      messages++;
    }
    addPayload(request, out, chunk);
    said += chunk;
    if (said == total) {
      current++;
      said = 0;
    }
  }

  private static int flags(SendRequest request) {
    boolean hasImmediate =
        request.opcode == IbvSendWR.IBV_WR_SEND_WITH_IMM
            || request.opcode == IbvSendWR.IBV_WR_RDMA_WRITE_WITH_IMM;
    return (hasImmediate ? Frame.IMMEDIATE : 0) | (request.isSolicited() ? Frame.SOLICITED : 0);
  }

  private void addPayload(SendRequest request, Outbox out, int chunk) {
    if (chunk == 0) {
      return;
    }
    MemorySegment inlined = request.inlined();
    if (inlined != null) {
      out.addPayload(inlined.address() + said, chunk, null, this, current);
      out.addTail(Status.SUCCESS);
      return;
    }
    int left = chunk;
    while (left > 0 && span.find(local, request.pieces, said + chunk - left, false)) {
      int length = (int) Math.min(left, span.length);
      out.addPayload(span.address, length, span.region, this, current);
      left -= length;
    }
    if (left > 0) {
      out.addZeros(left);
      fail(current, Status.LOC_PROT_ERR);
    }
    out.addTail(left > 0 ? Status.LOC_PROT_ERR : Status.SUCCESS);
  }

  private void fail(long number, int status) {
    if (failure == Status.SUCCESS || number < failed) {
      failure = status;
      failed = number;
    }
  }

  @Override
  public int onGone(long number) {
    fail(number, Status.LOC_PROT_ERR);
    return Status.LOC_PROT_ERR;
  }

  /// What any frame of the peer says.
  void onCounts(int posted, int nowExecuted) {
    if (posted - peerPosted < 0 || posted - peerPosted > SoftwareQueuePair.RECEIVES_MAX) {
      throw new MalformedEncoding("the peer posted " + posted + " RECVs after " + peerPosted);
    }
    int begun = (int) current + (said > 0 ? 1 : 0);
    if (nowExecuted - executed < 0 || nowExecuted - begun > 0) {
      throw new MalformedEncoding(
          "the peer executed " + nowExecuted + " requests of " + begun + ", before " + executed);
    }
    peerPosted = posted;
    isPeerHeard = true;
    executed = nowExecuted;
  }

  /// Completes what is answered, in order.
  void complete() {
    while (!ring.isEmpty() && !queuePair.isFailed()) {
      long first = ring.first();
      if (failure != Status.SUCCESS && failed == first) {
        ring.completeFirst(failure);
        queuePair.fail();
        return;
      }
      if (first >= current) {
        return;
      }
      boolean isDone =
          isAnswered(ring.get(first))
              ? readCount == 0 || reads[firstRead] > first
              : executed - (int) first > 0;
      if (!isDone) {
        return;
      }
      ring.completeFirst(Status.SUCCESS);
    }
  }

  /// The oldest READ or atomic that is not answered.
  private SendRequest oldest(boolean isRead) {
    if (readCount == 0) {
      throw new MalformedEncoding("an answer to no request");
    }
    SendRequest request = ring.get(reads[firstRead]);
    if (isAtomic(request) == isRead) {
      throw new MalformedEncoding("the answer to another kind of request");
    }
    return request;
  }

  private void answered() {
    firstRead = (firstRead + 1) % reads.length;
    readCount--;
    arrived = 0;
  }

  /// A chunk of data begins.
  void onData(int length) {
    long left = oldest(true).totalBytes() - arrived;
    if (length != Math.min(left, Frame.CHUNK_BYTES)) {
      throw new MalformedEncoding(length + " bytes of data came, " + left + " are due");
    }
    if (length == 0) {
      answered();
    }
  }

  /// Where the next bytes of data go; false when that memory is not registered any more.
  boolean findTarget(Span target) {
    return target.find(local, oldest(true).pieces, arrived, true);
  }

  /// The memory for the oldest READ cannot be used.
  void onTargetGone() {
    fail(reads[firstRead], Status.LOC_PROT_ERR);
  }

  /// Bytes of data have arrived in their place, or were dropped.
  void onArrived(long bytes) {
    arrived += bytes;
  }

  /// The chunk is over.
  void onTail(int status) {
    if (status != Status.SUCCESS) {
      boolean isKnown = status == Status.REM_ACCESS_ERR;
      fail(reads[firstRead], isKnown ? status : Status.RETRY_EXC_ERR);
    } else if (arrived == oldest(true).totalBytes()) {
      answered();
    }
  }

  void onResult(long value) {
    SendRequest request = oldest(false);
    word.set(ValueLayout.JAVA_LONG, 0, value);
    if (!local.scatter(request.pieces, 0, word, 0, ATOMIC_BYTES)) {
      fail(reads[firstRead], Status.LOC_PROT_ERR);
    }
    answered();
  }

  void onRefused(long number, int status) {
    int distance = (int) number - (int) ring.first();
    long refused = ring.first() + distance;
    if (distance < 0 || refused > current || refused == current && said == 0 || status == 0) {
      throw new MalformedEncoding("request " + number + " was refused, which was not made");
    }
    fail(refused, status);
  }

  /// The peer is gone: the first request that is not done fails, the others are flushed.
  void onPeerGone() {
    complete();
    if (!ring.isEmpty() && !queuePair.isFailed()) {
      ring.completeFirst(Status.RETRY_EXC_ERR);
      queuePair.fail();
    }
  }

  /// Completes everything, because the queue pair has failed.
  void flush() {
    ring.flush();
    failure = Status.WR_FLUSH_ERR;
    failed = ring.end();
  }
}
