package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The two threads of one end of a link: one hears, one speaks.
///
/// Who speaks takes all that is to be said at the time, so a burst is one frame.
///
/// **Threading:** [#wake] and [#close] from any thread. **Ownership:** of the wire, which is closed
/// with it.
final class LinkThreads implements AutoCloseable {

  /// One end of a link.
  interface Party {

    /// Adds what is to be said now; on the speaking thread, at least every [#TICK].
    void say(Frames frame);

    /// On the hearing thread.
    void hear(List<Message> messages);

    /// What was sent may be lost; on either thread.
    void broken(FabricException reason);

    /// The other side does not speak our language; on the hearing thread.
    void malformed(MalformedEncoding reason);

    /// The wire has ended for good; on either thread, perhaps twice.
    void ended();
  }

  private static final Logger LOG = LoggerFactory.getLogger(LinkThreads.class);

  static final Duration TICK = Duration.ofMillis(250);

  private static final Duration HEAR = Duration.ofSeconds(1);

  private final Wire wire;
  private final Party party;
  private final AtomicBoolean isToSpeak = new AtomicBoolean();
  private final Thread speaker;
  private final Thread hearer;
  private volatile boolean isClosed;

  LinkThreads(String name, Wire wire, Party party) {
    this.wire = wire;
    this.party = party;
    this.speaker = Thread.ofVirtual().name(name + "-speak").unstarted(this::speak);
    this.hearer = Thread.ofVirtual().name(name + "-hear").unstarted(this::hear);
  }

  void start() {
    speaker.start();
    hearer.start();
  }

  /// There is something to be said.
  void wake() {
    if (!isToSpeak.get() && isToSpeak.compareAndSet(false, true)) {
      LockSupport.unpark(speaker);
    }
  }

  private void speak() {
    Frames frame = new Frames();
    while (!isClosed) {
      isToSpeak.set(false);
      party.say(frame);
      if (!frame.isEmpty()) {
        send(frame.take());
      } else if (!isToSpeak.get()) {
        LockSupport.parkNanos(this, TICK.toNanos());
      }
    }
  }

  private void send(byte[] frame) {
    try {
      wire.send(frame);
    } catch (AlreadyClosed e) {
      end();
    } catch (FabricException e) {
      if (!isClosed) {
        party.broken(e);
        pause();
      }
    }
  }

  /// Lets a tick go by, whoever wakes the speaker meanwhile: it would only fail again.
  private void pause() {
    long untilNanos = System.nanoTime() + TICK.toNanos();
    long leftNanos = TICK.toNanos();
    while (leftNanos > 0 && !isClosed) {
      LockSupport.parkNanos(this, leftNanos);
      leftNanos = untilNanos - System.nanoTime();
    }
  }

  private void hear() {
    while (!isClosed) {
      byte[] frame = receive();
      if (frame != null) {
        deliver(frame);
      }
    }
  }

  private byte @Nullable [] receive() {
    try {
      return wire.receive(HEAR);
    } catch (AlreadyClosed e) {
      end();
    } catch (FabricException e) {
      if (!isClosed) {
        party.broken(e);
      }
    }
    return null;
  }

  private void deliver(byte[] frame) {
    try {
      party.hear(Frames.read("the other side", frame));
    } catch (MalformedEncoding e) {
      party.malformed(e);
    } catch (RuntimeException e) {
      // What a user's listener throws, for instance: the link goes on, and what was not done is
      // sent again.
      LOG.error("{}: a frame was not dealt with to its end", hearer.getName(), e);
    }
  }

  private void end() {
    if (!isClosed) {
      isClosed = true;
      party.ended();
      LockSupport.unpark(speaker);
      wire.close();
    }
  }

  @Override
  public void close() {
    isClosed = true;
    LockSupport.unpark(speaker);
    wire.close();
  }
}
