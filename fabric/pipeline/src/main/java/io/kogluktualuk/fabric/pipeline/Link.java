package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.time.Duration;
import java.util.List;

/// What drives one end of a link: has it say what there is to say, and hear what comes.
///
/// **Threading:** any thread. **Ownership:** of the wire, which is closed with it.
sealed interface Link extends AutoCloseable permits LinkThreads, LiveLink {

  /// How often a party is asked at least whether it has something to say; by the link's thread, or
  /// by the clock of its stage.
  Duration TICK = Duration.ofMillis(250);

  /// One end of a link. It is called by one thread at a time for each of its methods.
  interface Party {

    /// Adds what is to be said now.
    void say(Frames frame);

    /// May not wait for long.
    void hear(List<Message> messages);

    /// Whether nothing more can be heard before something was said.
    boolean isFull();

    /// What was sent may be lost.
    void broken(FabricException reason);

    /// The other side does not speak our language.
    void malformed(MalformedEncoding reason);

    /// The wire has ended for good; perhaps told twice.
    void ended();
  }

  static Link over(Wire wire, String name, Party party) {
    return wire instanceof LiveWire live
        ? new LiveLink(name, live, party)
        : new LinkThreads(name, wire, party);
  }

  void start();

  /// There is something to be said.
  void wake();

  @Override
  void close();
}
