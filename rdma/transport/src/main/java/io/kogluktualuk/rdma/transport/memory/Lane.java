package io.kogluktualuk.rdma.transport.memory;

import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.SVCPollCq;
import com.ibm.disni.verbs.SVCPostSend;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// One queue pair of a [RemoteMemory], with its prepared work requests.
///
/// The thread that posts is the thread that polls: no other thread takes part. A single transfer
/// allocates nothing.
///
/// **Threading:** one thread at a time, which holds the lane's lock in [RemoteMemory].
/// **Invariant:** when a call returns, no work request of it is in flight; a lane that cannot
/// promise that is closed first, which flushes them.
final class Lane {

  /// Sizes of the prepared lists of work requests: any number is cut into these.
  private static final int[] LISTS = {16, 4, 1};

  /// Lists in flight at once, each with one completion.
  private static final int LISTS_IN_FLIGHT = MemoryGroup.DEPTH / LISTS[0];

  private static final int SPINS = 2_000;
  private static final long PAUSE_NANOS = 20_000;
  private static final int REMOTE_ACCESS_ERROR = 10;
  private static final int REMOTE_INVALID_REQUEST = 9;

  private final MemoryGroup group;
  private final InetSocketAddress address;
  private final MemoryEndpoint endpoint;
  private final SVCPostSend[] reads = new SVCPostSend[LISTS.length];
  private final SVCPostSend[] writes = new SVCPostSend[LISTS.length];
  private final IbvWC[] completions = {new IbvWC()};
  private final SVCPollCq poll;
  private int inFlight;
  private boolean isBroken;

  private Lane(MemoryGroup group, InetSocketAddress address, MemoryEndpoint endpoint)
      throws IOException {
    this.group = group;
    this.address = address;
    this.endpoint = endpoint;
    for (int i = 0; i < LISTS.length; i++) {
      reads[i] = prepare(IbvSendWR.IBV_WR_RDMA_READ, LISTS[i]);
      writes[i] = prepare(IbvSendWR.IBV_WR_RDMA_WRITE, LISTS[i]);
    }
    this.poll = endpoint.getCqProvider().getCQ().poll(completions, 1);
  }

  private SVCPostSend prepare(int opcode, int size) throws IOException {
    List<IbvSendWR> list = new LinkedList<>();
    for (int i = 0; i < size; i++) {
      IbvSendWR request = new IbvSendWR();
      request.setOpcode(opcode);
      request.setWr_id(i);
      request.setSend_flags(i == size - 1 ? IbvSendWR.IBV_SEND_SIGNALED : 0);
      request.setSg_list(new LinkedList<>(List.of(new IbvSge())));
      list.add(request);
    }
    return endpoint.postSend(list);
  }

  static Lane connect(MemoryGroup group, InetSocketAddress address, Deadline deadline) {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos());
    if (millis <= 0) {
      throw new DeadlineExceeded("no time left to connect to " + address);
    }
    MemoryEndpoint endpoint = null;
    try {
      endpoint = group.createEndpoint();
      endpoint.connect(address, (int) Math.min(millis, Duration.ofMinutes(1).toMillis()));
      if (endpoint.isConnected()) {
        return new Lane(group, address, endpoint);
      }
      String reason = MemoryGroup.failureOf(endpoint);
      group.drop(endpoint);
      throw deadline.hasPassed()
          ? new DeadlineExceeded("cannot connect to " + address + " in time: " + reason)
          : new Unavailable("cannot connect to " + address + ": " + reason);
    } catch (FabricException e) {
      throw e;
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      if (endpoint != null) {
        group.drop(endpoint);
      }
      throw new Unavailable("cannot connect to " + address + ": " + e.getMessage(), e);
    }
  }

  boolean isUsable() {
    return !isBroken && !endpoint.isLost();
  }

  void close() {
    isBroken = true;
    group.drop(endpoint);
  }

  void transfer(
      boolean isRead,
      RemoteRegion region,
      long regionOffset,
      RegisteredBuffer buffer,
      long bufferOffset,
      int length,
      Deadline deadline) {
    SVCPostSend list = (isRead ? reads : writes)[LISTS.length - 1];
    try {
      fill(list, 0, region, regionOffset, buffer, bufferOffset, length);
      list.execute();
      inFlight++;
      awaitOne(deadline);
    } catch (IOException | RuntimeException e) {
      throw broken(e);
    }
  }

  void transfer(boolean isRead, List<Transfer> transfers, Deadline deadline) {
    try {
      int done = 0;
      while (done < transfers.size()) {
        int size = 0;
        while (LISTS[size] > transfers.size() - done) {
          size++;
        }
        if (inFlight == LISTS_IN_FLIGHT) {
          awaitOne(deadline);
        }
        post((isRead ? reads : writes)[size], transfers, done, LISTS[size], deadline);
        done += LISTS[size];
      }
      while (inFlight > 0) {
        awaitOne(deadline);
      }
    } catch (IOException | RuntimeException e) {
      throw broken(e);
    }
  }

  private void post(
      SVCPostSend list, List<Transfer> transfers, int from, int count, Deadline deadline)
      throws IOException {
    for (int i = 0; i < count; i++) {
      Transfer t = transfers.get(from + i);
      fill(list, i, t.region(), t.regionOffset(), t.buffer(), t.bufferOffset(), t.length());
    }
    if (deadline.hasPassed()) {
      throw new DeadlineExceeded("a batch of transfers with " + address + " took too long");
    }
    list.execute();
    inFlight++;
  }

  private static void fill(
      SVCPostSend list,
      int index,
      RemoteRegion region,
      long regionOffset,
      RegisteredBuffer buffer,
      long bufferOffset,
      int length)
      throws IOException {
    SVCPostSend.SendWRMod request = list.getWrMod(index);
    request.getRdmaMod().setRemote_addr(region.address() + regionOffset);
    request.getRdmaMod().setRkey(region.rkey());
    SVCPostSend.SgeMod piece = request.getSgeMod(0);
    piece.setAddr(buffer.segment().address() + bufferOffset);
    piece.setLength(length);
    piece.setLkey(buffer.lkey());
  }

  private void awaitOne(Deadline deadline) throws IOException {
    for (int spins = 0; poll.execute().getPolls() == 0; spins++) {
      if (spins >= SPINS) {
        if (deadline.hasPassed()) {
          throw new DeadlineExceeded("a transfer with " + address + " took too long");
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      } else {
        Thread.onSpinWait();
      }
    }
    inFlight--;
    int status = completions[0].getStatus();
    if (status != 0) {
      throw failure(status);
    }
  }

  private FabricException failure(int status) {
    if (status == REMOTE_ACCESS_ERROR || status == REMOTE_INVALID_REQUEST) {
      return new Refused(
          "the memory at " + address + " denied an access (completion status " + status + ")");
    }
    return new Unavailable(
        "a transfer with " + address + " failed with completion status " + status);
  }

  /// Takes the lane down, so that nothing of a failed call touches its buffers afterwards.
  private FabricException broken(Exception cause) {
    close();
    return cause instanceof FabricException known
        ? known
        : new Unavailable("a transfer with " + address + " failed: " + cause.getMessage(), cause);
  }
}
