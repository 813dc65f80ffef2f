package io.kogluktualuk.fabric.pipeline.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.pipeline.Wire;
import io.kogluktualuk.fabric.testkit.Mutations;
import java.io.DataOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Frames over loopback connections.
@Timeout(60)
final class TcpWireTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final TcpSettings QUICK =
      new TcpSettings(Duration.ofMillis(50), Duration.ofMillis(500), Duration.ofSeconds(3));

  private static byte[] frame(int length, long seed) {
    return Mutations.randomBytes(length, new SplittableRandom(seed));
  }

  private static Wire accept(TcpInlet inlet) {
    Wire wire = inlet.accept(LONG);
    assertNotNull(wire);
    return wire;
  }

  @Test
  void framesOfAllLengthsGoBothWaysInOrder() {
    try (TcpInlet inlet = TcpInlet.at("127.0.0.1", 0);
        TcpWire near = TcpWire.to("127.0.0.1", inlet.port())) {
      assertNull(near.receive(Duration.ofMillis(200)));
      Wire far = accept(inlet);
      int[] lengths = {1, 2, 3, 4, 5, 100, 65_536, Wire.FRAME_MAX};
      for (int length : lengths) {
        near.send(frame(length, length));
        far.send(frame(length, -length));
      }
      for (int length : lengths) {
        assertArrayEquals(frame(length, length), far.receive(LONG));
        assertArrayEquals(frame(length, -length), near.receive(LONG));
      }
    }
  }

  @Test
  void whoSendsWaitsWhileNobodyReceives() throws Exception {
    try (TcpInlet inlet = TcpInlet.at("127.0.0.1", 0);
        TcpWire near = TcpWire.to("127.0.0.1", inlet.port())) {
      assertNull(near.receive(Duration.ofMillis(200)));
      Wire far = accept(inlet);
      int count = 400; // a hundred mebibytes: more than all buffers together
      AtomicReference<Thread> sender = new AtomicReference<>();
      sender.set(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = 0; i < count; i++) {
                      near.send(frame(Wire.FRAME_MAX, i));
                    }
                  }));
      sender.get().join(Duration.ofMillis(500));
      assertEquals(true, sender.get().isAlive(), "it cannot have sent all of it");
      for (int i = 0; i < count; i++) {
        assertArrayEquals(frame(Wire.FRAME_MAX, i), far.receive(LONG));
      }
      sender.get().join();
    }
  }

  @Test
  void aConnectionThatHasEndedIsToldOnceAndReplaced() {
    try (TcpInlet inlet = TcpInlet.at("127.0.0.1", 0);
        TcpWire near = TcpWire.to("127.0.0.1", inlet.port())) {
      assertNull(near.receive(Duration.ofMillis(200)));
      accept(inlet).close();
      assertThrows(Unavailable.class, () -> near.receive(LONG));
      assertNull(near.receive(Duration.ofMillis(500)));
      Wire other = accept(inlet);
      near.send(frame(10, 1));
      assertArrayEquals(frame(10, 1), other.receive(LONG));
    }
  }

  @Test
  void whoIsSilentIsGone() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        TcpWire near = TcpWire.to("127.0.0.1", mute.getLocalPort(), QUICK)) {
      assertThrows(Unavailable.class, () -> near.receive(LONG));
    }
  }

  @Test
  void heartbeatsKeepASilentConnection() {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (TcpInlet inlet = TcpInlet.at(any, QUICK);
        TcpWire near = TcpWire.to("127.0.0.1", inlet.port(), QUICK)) {
      assertNull(near.receive(Duration.ofMillis(200)));
      Wire far = accept(inlet);
      assertNull(far.receive(Duration.ofMillis(1500)));
      far.send(frame(3, 3));
      assertArrayEquals(frame(3, 3), near.receive(LONG));
    }
  }

  @Test
  void aGiantFrameEndsItsConnectionAndNoOther() throws Exception {
    try (TcpInlet inlet = TcpInlet.at("127.0.0.1", 0);
        TcpWire near = TcpWire.to("127.0.0.1", inlet.port())) {
      assertNull(near.receive(Duration.ofMillis(200)));
      Wire good = accept(inlet);
      for (int length : new int[] {Wire.FRAME_MAX + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
        try (Socket hostile = new Socket(InetAddress.getLoopbackAddress(), inlet.port())) {
          Wire wire = accept(inlet);
          DataOutputStream out = new DataOutputStream(hostile.getOutputStream());
          out.writeInt(length);
          out.flush();
          assertThrows(AlreadyClosed.class, () -> wire.receive(LONG));
        }
      }
      near.send(frame(7, 7));
      assertArrayEquals(frame(7, 7), good.receive(LONG));
    }
  }

  @Test
  void aPortInUseIsAConflict() {
    try (TcpInlet inlet = TcpInlet.at("127.0.0.1", 0)) {
      assertThrows(Conflict.class, () -> TcpInlet.at("127.0.0.1", inlet.port()));
    }
  }

  @Test
  void closingEndsWhatWaits() throws Exception {
    TcpInlet inlet = TcpInlet.at("127.0.0.1", 0);
    TcpWire near = TcpWire.to("127.0.0.1", inlet.port());
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () ->
                    assertThrows(
                        AlreadyClosed.class,
                        () -> {
                          while (true) {
                            near.receive(LONG);
                          }
                        }));
    near.close();
    inlet.close();
    waiting.join();
    assertThrows(AlreadyClosed.class, () -> near.send(new byte[1]));
    assertThrows(AlreadyClosed.class, () -> inlet.accept(LONG));
  }
}
