package io.kogluktualuk.controlplane.client;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Group commit on the client's side: while some calls are on their way, requests gather; the next
/// call takes them along.
///
/// There is no thread for it: of those who wait, the one at the head of the queue sends for all
/// that fit behind it (flat combining [1]). A lone caller is sent at once; a crowd shares calls.
///
/// [1] D. Hendler, I. Incze, N. Shavit, M. Tzafrir: Flat combining and the
/// synchronization-parallelism tradeoff. SPAA 2010.
///
/// **Threading:** any thread; callers block. One lock, never held over a call.
/// **Bound:** `requestsMax` in a call, `callsMax` calls on their way, [#WAITING_MAX] callers wait.
/// **Errors:** a call that fails fails for all that shared it, each with a fault of its own;
/// [DeadlineExceeded] leaves the outcome open unless its message says otherwise.
///
/// @param <Q> one request @param <R> one answer
public final class CallBatcher<Q, R> {

  static final int WAITING_MAX = 4096;

  /// A caller, and what became of its requests.
  private final class Caller {
    final List<Q> requests;
    final Deadline deadline;
    final Condition woken = lock.newCondition();
    boolean isTaken;
    @Nullable List<R> answers;
    @Nullable RuntimeException fault;

    Caller(List<Q> requests, Deadline deadline) {
      this.requests = requests;
      this.deadline = deadline;
    }

    boolean isDone() {
      return answers != null || fault != null;
    }
  }

  private final Channel channel;
  private final Method<List<Q>, List<R>> method;
  private final int requestsMax;
  private final int callsMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Deque<Caller> queue = new ArrayDeque<>();
  private int calls;

  /// @param channel lent
  /// @param method answers each request of its list, in order
  /// @param requestsMax so many surely fit into a message
  /// @param callsMax how many calls may be on their way at once
  public CallBatcher(
      Channel channel, Method<List<Q>, List<R>> method, int requestsMax, int callsMax) {
    if (requestsMax < 1 || callsMax < 1) {
      throw new IllegalArgumentException(requestsMax + " requests, " + callsMax + " calls");
    }
    this.channel = channel;
    this.method = method;
    this.requestsMax = requestsMax;
    this.callsMax = callsMax;
  }

  /// Has requests answered, in their order. More than fit into one call go one part after another.
  public List<R> call(List<Q> requests, Deadline deadline) {
    if (requests.size() <= requestsMax) {
      return requests.isEmpty() ? List.of() : one(List.copyOf(requests), deadline);
    }
    List<R> answers = new ArrayList<>(requests.size());
    for (int from = 0; from < requests.size(); from += requestsMax) {
      int to = Math.min(requests.size(), from + requestsMax);
      answers.addAll(one(List.copyOf(requests.subList(from, to)), deadline));
    }
    return answers;
  }

  /// How many callers wait behind the calls that are on their way.
  public int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  private List<R> one(List<Q> requests, Deadline deadline) {
    Caller self = new Caller(requests, deadline);
    lock.lock();
    try {
      enter(self);
      while (!self.isDone()) {
        if (!self.isTaken && calls < callsMax && queue.peekFirst() == self) {
          send(self, take());
        } else {
          awaitTurn(self);
        }
      }
    } catch (InterruptedException e) {
      leave(self);
      Thread.currentThread().interrupt();
      throw new Unavailable(method.name() + ": interrupted; its outcome is open", e);
    } catch (RuntimeException e) {
      leave(self);
      throw e;
    } finally {
      lock.unlock();
    }
    return result(self);
  }

  private void enter(Caller self) throws InterruptedException {
    while (queue.size() >= WAITING_MAX) {
      if (room.awaitNanos(self.deadline.remainingNanos()) <= 0) {
        throw new DeadlineExceeded(
            method.name() + ": " + WAITING_MAX + " callers wait already; nothing was sent");
      }
    }
    queue.addLast(self);
  }

  private void awaitTurn(Caller self) throws InterruptedException {
    if (self.woken.awaitNanos(self.deadline.remainingNanos()) <= 0 && !self.isDone()) {
      throw new DeadlineExceeded(
          method.name()
              + (self.isTaken ? ": no answer in time; its outcome is open" : ": was not sent"));
    }
  }

  /// Takes what waits and fits. The lock is held.
  private List<Caller> take() {
    List<Caller> batch = new ArrayList<>();
    int size = 0;
    for (Caller next = queue.peekFirst();
        next != null && size + next.requests.size() <= requestsMax;
        next = queue.peekFirst()) {
      queue.removeFirst();
      next.isTaken = true;
      size += next.requests.size();
      batch.add(next);
    }
    calls++;
    wakeHead();
    room.signalAll();
    return batch;
  }

  /// Makes one call for several callers. The lock is held, but not during the call.
  private void send(Caller sender, List<Caller> batch) {
    List<Q> requests = new ArrayList<>();
    long longest = 0;
    for (Caller caller : batch) {
      requests.addAll(caller.requests);
      longest = Math.max(longest, caller.deadline.remainingNanos());
    }
    List<R> answers = null;
    RuntimeException fault = null;
    lock.unlock();
    try {
      answers = channel.call(method, requests, Deadline.after(Duration.ofNanos(longest)));
      if (answers.size() != requests.size()) {
        throw new MalformedEncoding(
            method.name() + ": " + requests.size() + " requests, " + answers.size() + " answers");
      }
    } catch (RuntimeException e) { // each caller gets it
      fault = e;
    } finally {
      lock.lock();
    }
    calls--;
    if (fault != null && method.idempotent() && Thread.currentThread().isInterrupted()) {
      giveBack(sender, batch);
      sender.fault = fault;
    } else {
      share(batch, answers, fault);
    }
    wakeHead();
  }

  private void share(
      List<Caller> batch, @Nullable List<R> answers, @Nullable RuntimeException fault) {
    int from = 0;
    for (Caller caller : batch) {
      int to = from + caller.requests.size();
      if (answers != null && fault == null) {
        caller.answers = List.copyOf(answers.subList(from, to));
      } else {
        caller.fault = fault;
      }
      from = to;
      caller.woken.signal();
    }
  }

  /// Somebody interrupted the sender alone: the others go on without it.
  private void giveBack(Caller sender, List<Caller> batch) {
    for (Caller caller : batch.reversed()) {
      if (caller != sender && !caller.deadline.hasPassed()) {
        caller.isTaken = false;
        queue.addFirst(caller);
      }
      caller.woken.signal();
    }
  }

  private void leave(Caller self) {
    if (queue.remove(self)) {
      wakeHead();
      room.signal();
    }
  }

  private void wakeHead() {
    Caller head = queue.peekFirst();
    if (head != null && calls < callsMax) {
      head.woken.signal();
    }
  }

  private static <Q, R> List<R> result(CallBatcher<Q, R>.Caller self) {
    List<R> answers = self.answers;
    if (answers != null) {
      return answers;
    }
    RuntimeException fault = self.fault;
    throw fault instanceof FabricException known
        ? FabricException.ofTag(known.tag(), String.valueOf(known.getMessage()))
        : new Unavailable("a shared call failed; its outcome is open: " + fault, fault);
  }
}
