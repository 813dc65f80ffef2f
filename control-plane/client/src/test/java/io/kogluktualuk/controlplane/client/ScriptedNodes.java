package io.kogluktualuk.controlplane.client;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/// Control nodes that answer, refuse, hang or are gone, as the test says, and remember what reached
/// them.
///
/// **Threading:** any thread.
final class ScriptedNodes {

  enum Mood {
    WELL,
    GONE,
    CLOSING,
    HANGING
  }

  private static final Codec<String> TEXT =
      new Codec<>() {
        @Override
        public void write(String message, CanonicalWriter writer) {
          writer.text(message);
        }

        @Override
        public String read(CanonicalReader reader) {
          return reader.text(100, "a word");
        }
      };

  /// Answered with the port of whoever answers.
  static final Method<String, String> SAFE = new Method<>(1, "test.safe", TEXT, TEXT, true);

  static final Method<String, String> ONCE = new Method<>(2, "test.once", TEXT, TEXT, false);

  private final Map<Integer, Mood> moods = new ConcurrentHashMap<>();
  private final List<Integer> asked = new CopyOnWriteArrayList<>();
  private final List<Integer> closed = new CopyOnWriteArrayList<>();

  static List<InetSocketAddress> addresses(int... ports) {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (int port : ports) {
      addresses.add(InetSocketAddress.createUnresolved("control", port));
    }
    return addresses;
  }

  void set(int port, Mood mood) {
    moods.put(port, mood);
  }

  /// The ports in the order in which they were asked.
  List<Integer> asked() {
    return List.copyOf(asked);
  }

  List<Integer> closed() {
    return List.copyOf(closed);
  }

  Channel open(InetSocketAddress address) {
    return new Scripted(address.getPort());
  }

  private final class Scripted implements Channel {

    private final int port;

    Scripted(int port) {
      this.port = port;
    }

    @Override
    @SuppressWarnings("unchecked") // both methods of these tests answer with a text
    public <Q, R> R call(Method<Q, R> method, Q request, Deadline deadline) {
      if (method.number() == ControlMethods.PLANE.number()) {
        throw new Unavailable("node " + port + " knows nobody");
      }
      asked.add(port);
      return switch (moods.getOrDefault(port, Mood.WELL)) {
        case WELL -> (R) Integer.toString(port);
        case GONE -> throw new Unavailable("node " + port + " is gone");
        case CLOSING -> throw new AlreadyClosed("node " + port + " is closing");
        case HANGING -> {
          while (!deadline.hasPassed()) {
            LockSupport.parkNanos(deadline.remainingNanos());
          }
          throw new DeadlineExceeded("node " + port + " hangs");
        }
      };
    }

    @Override
    public void close() {
      closed.add(port);
    }
  }
}
