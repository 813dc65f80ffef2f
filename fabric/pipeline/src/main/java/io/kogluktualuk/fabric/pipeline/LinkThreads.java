package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One end of a link over a wire that is waited at, with two threads: one hears, one speaks.
///
/// Who speaks takes all that is to be said at the time, so a burst is one frame.
///
/// **Threading:** [#wake] and [#close] from any thread. **Ownership:** of the wire, which is
/// closed with it.
final class LinkThreads implements Link {

  private static final Logger LOG = LoggerFactory.getLogger(LinkThreads.class);

  private static final Duration HEAR = Duration.ofSeconds(1);

  private final Wire wire;
  private final Party party;
  private final AtomicBoolean isToSpeak = new AtomicBoolean();
  private final Thread speaker;
  private final Thread hearer;
  private volatile boolean isClosed;
  private volatile boolean isHearerFull;

  LinkThreads(String name, Wire wire, Party party) {
    this.wire = wire;
    this.party = party;
    this.speaker = Thread.ofVirtual().name(name + "-speak").unstarted(this::speak);
    this.hearer = Thread.ofVirtual().name(name + "-hear").unstarted(this::hear);
  }

  @Override
  public void start() {
    speaker.start();
    hearer.start();
  }

  @Override
  public void wake() {
    if (!isToSpeak.get() && isToSpeak.compareAndSet(false, true)) {
      LockSupport.unpark(speaker);
    }
  }

  private void speak() {
    Frames frame = new Frames();
    while (!isClosed) {
      isToSpeak.set(false);
      party.say(frame);
      if (isHearerFull) {
        LockSupport.unpark(hearer);
      }
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
        awaitSaid();
      }
    }
  }

  private void awaitSaid() {
    while (party.isFull() && !isClosed) {
      isHearerFull = true;
      LockSupport.parkNanos(this, TICK.toNanos());
    }
    isHearerFull = false;
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
