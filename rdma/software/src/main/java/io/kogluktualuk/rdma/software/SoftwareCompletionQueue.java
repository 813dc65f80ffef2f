package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvCQ;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvWC;
import java.io.IOException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Where completions of some queue pairs wait to be polled.
///
/// Polling also moves arrived messages into posted RECVs: no other thread does that, so the one who
/// waits is the one who works.
///
/// **Threading:** any thread. A queue pair's locks are taken before this queue's, never after.
/// **Bound:** the size asked for. When it is full, filled RECVs wait in their queue until there is
/// room; a completion of a send that finds no room is lost, an overrun, and its queue pair fails.
final class SoftwareCompletionQueue extends IbvCQ {

  private static final int NOT_ARMED = 0;
  private static final int ARMED_FOR_SOLICITED = 1;
  private static final int ARMED = 2;

  private static final int FIELDS = 7;

  private final ReentrantLock lock = new ReentrantLock();
  private final CopyOnWriteArrayList<SoftwareQueuePair> queuePairs = new CopyOnWriteArrayList<>();
  private final @Nullable SoftwareCompletionChannel channel;
  private final long[] ids;
  private final int[] fields;
  private final @Nullable WorkQueue[] owners;
  private int first;
  private volatile int count;
  private int armed = NOT_ARMED;

  SoftwareCompletionQueue(IbvContext context, @Nullable SoftwareCompletionChannel channel, int size)
      throws IOException {
    super(context, channel, size);
    if (size < 1) {
      throw new IOException("a completion queue needs room, asked for " + size);
    }
    this.cqe = size;
    this.channel = channel;
    this.ids = new long[size];
    this.fields = new int[size * FIELDS];
    this.owners = new @Nullable WorkQueue[size];
    if (channel != null) {
      channel.add(this);
    }
  }

  void attach(SoftwareQueuePair queuePair) {
    queuePairs.addIfAbsent(queuePair);
  }

  void detach(SoftwareQueuePair queuePair) {
    queuePairs.remove(queuePair);
  }

  /// How many queue pairs complete here.
  int queuePairs() {
    return queuePairs.size();
  }

  boolean isIdle() {
    return queuePairs.isEmpty();
  }

  @Nullable SoftwareCompletionChannel channel() {
    return channel;
  }

  boolean hasRoom() {
    return count < cqe;
  }

  /// Adds a completion; false when there is no room.
  ///
  /// @param requests how many requests of `owner` are not outstanding any more once this has been
  ///     polled
  boolean push(
      long id,
      int status,
      int opcode,
      int bytes,
      int qpNumber,
      int flags,
      int immediate,
      boolean isSolicited,
      WorkQueue owner,
      int requests) {
    boolean isEvent;
    lock.lock();
    try {
      if (count == cqe) {
        return false;
      }
      int at = first + count;
      at = at >= cqe ? at - cqe : at;
      ids[at] = id;
      int base = at * FIELDS;
      fields[base] = status;
      fields[base + 1] = opcode;
      fields[base + 2] = bytes;
      fields[base + 3] = qpNumber;
      fields[base + 4] = flags;
      fields[base + 5] = immediate;
      fields[base + 6] = requests;
      owners[at] = owner;
      count++;
      isEvent =
          armed == ARMED
              || armed == ARMED_FOR_SOLICITED && (isSolicited || status != Status.SUCCESS);
      if (isEvent) {
        armed = NOT_ARMED;
      }
    } finally {
      lock.unlock();
    }
    if (channel != null) {
      boolean canWait = status == Status.SUCCESS && opcode == Status.OPCODE_SEND;
      channel.onCompletion(isEvent, canWait);
    }
    return true;
  }

  void arm(boolean solicitedOnly) {
    lock.lock();
    try {
      armed = solicitedOnly && armed != ARMED ? ARMED_FOR_SOLICITED : ARMED;
    } finally {
      lock.unlock();
    }
  }

  /// Does what there is to do for the queue pairs: arrived messages, sends that had to wait.
  void progress() {
    for (SoftwareQueuePair queuePair : queuePairs) {
      queuePair.progress();
    }
  }

  /// Whether [#progress] would find something.
  boolean hasWork() {
    for (SoftwareQueuePair queuePair : queuePairs) {
      if (queuePair.hasWork()) {
        return true;
      }
    }
    return false;
  }

  /// Tells peers that whoever uses this queue is about to sleep.
  boolean prepareToSleep() {
    boolean mustWatchTime = false;
    for (SoftwareQueuePair queuePair : queuePairs) {
      mustWatchTime |= queuePair.prepareToSleep();
    }
    return mustWatchTime;
  }

  int take(IbvWC[] completions, int max) {
    progress();
    if (count == 0) {
      return 0;
    }
    lock.lock();
    try {
      int taken = Math.min(max, count);
      for (int i = 0; i < taken; i++) {
        fill(completions[i]);
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private void fill(IbvWC completion) {
    int base = first * FIELDS;
    completion.setWr_id(ids[first]);
    completion.setStatus(fields[base]);
    completion.setOpcode(fields[base + 1]);
    completion.setByte_len(fields[base + 2]);
    completion.setQp_num(fields[base + 3]);
    completion.setWc_flags(fields[base + 4]);
    completion.setImm_data(fields[base + 5]);
    WorkQueue owner = owners[first];
    owners[first] = null;
    if (owner != null) {
      owner.onPolled(fields[base + 6]);
    }
    first = first + 1 == cqe ? 0 : first + 1;
    count--;
  }

  void destroy() {
    close();
    if (channel != null) {
      channel.remove(this);
    }
  }
}
