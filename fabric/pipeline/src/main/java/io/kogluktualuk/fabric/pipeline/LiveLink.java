package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One end of a link over a wire that calls: it hears and speaks on the wire's thread.
///
/// All that one read has given is heard at once, and answered in one frame; so is what was said
/// until the wire's turn comes. While the party is full, nothing is read.
///
/// **Threading:** [#wake] and [#close] from any thread. **Ownership:** of the wire.
final class LiveLink implements Link, LiveWire.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(LiveLink.class);

  private final String name;
  private final LiveWire wire;
  private final Party party;
  private final AtomicBoolean isToSpeak = new AtomicBoolean();
  private volatile boolean isClosed;

  // The wire's thread's own.
  private final Frames frame = new Frames();
  private boolean isReading = true;

  LiveLink(String name, LiveWire wire, Party party) {
    this.name = name;
    this.wire = wire;
    this.party = party;
  }

  @Override
  public void start() {
    wire.listen(this);
  }

  @Override
  public void wake() {
    if (!isToSpeak.get() && isToSpeak.compareAndSet(false, true)) {
      wire.wake();
    }
  }

  @Override
  public void onTurn() {
    isToSpeak.set(false);
    if (isClosed) {
      return;
    }
    party.say(frame);
    if (!frame.isEmpty()) {
      wire.post(frame.buffer(), frame.length());
      frame.clear();
    }
    read();
  }

  @Override
  public void onFrames(List<byte[]> frames) {
    if (isClosed) {
      return;
    }
    List<Message> messages = new ArrayList<>();
    for (byte[] each : frames) {
      try {
        messages.addAll(Frames.read("the other side", each));
      } catch (MalformedEncoding e) {
        hear(messages); // what came before is good
        messages = new ArrayList<>();
        party.malformed(e);
        if (isClosed) {
          return;
        }
      }
    }
    hear(messages);
    read();
  }

  private void hear(List<Message> messages) {
    try {
      party.hear(messages);
    } catch (RuntimeException e) {
      // What a user's listener throws, for instance: the link goes on, and what was not done is
      // sent again.
      LOG.error("{}: frames were not dealt with to their end", name, e);
    }
  }

  private void read() {
    boolean is = !party.isFull();
    if (is != isReading && !isClosed) {
      isReading = is;
      wire.reading(is);
    }
  }

  @Override
  public void onLost(FabricException reason) {
    if (!isClosed) {
      party.broken(reason);
    }
  }

  @Override
  public void onEnded() {
    if (!isClosed) {
      isClosed = true;
      party.ended();
      wire.close();
    }
  }

  @Override
  public void close() {
    isClosed = true;
    wire.close();
  }
}
