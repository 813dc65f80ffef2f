package io.kogluktualuk.rdma.conformance;

import static io.kogluktualuk.rdma.conformance.VerbsEnd.piece;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import io.kogluktualuk.rdma.conformance.Suite.DataPath;
import io.kogluktualuk.rdma.provider.Verbs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Listening, connecting, and the ends of connections, as the connection manager tells them.
class ConnectionTest {

  private static final Duration SHORT = Duration.ofMillis(50);

  private static void assertConnected(VerbsEnd client, VerbsEnd server) throws IOException {
    IbvMr source = client.register(Memory.fill(client.allocate(64), 3), VerbsEnd.LOCAL);
    IbvMr target = server.register(server.allocate(64), VerbsEnd.LOCAL);
    server.receive(1, piece(target, 0, 64));
    client.post(VerbsEnd.send(2, piece(source, 0, 64)));
    Check.success(server, 1);
    Check.success(client, 2);
  }

  @Test
  void bothEndsKnowEachOthersAddresses() throws IOException {
    try (Pair pair = Pair.connect()) {
      InetSocketAddress listening = pair.listening().address();
      InetSocketAddress client = (InetSocketAddress) pair.client().id.getSource();
      assertNotEquals(0, listening.getPort());
      assertEquals(listening, pair.client().id.getDestination());
      assertEquals(client, pair.server().id.getDestination());
      assertEquals(listening.getAddress(), client.getAddress());
    }
  }

  @Test
  void nobodyListeningIsRejected() throws IOException {
    InetSocketAddress address;
    try (Listening listening = Listening.open()) {
      address = listening.address();
    }
    try (VerbsEnd client = VerbsEnd.begin(address, Shape.USUAL)) {
      client.await(EventType.RDMA_CM_EVENT_REJECTED);
      assertFalse(Verbs.failureOf(client.id).isEmpty());
    }
  }

  @Test
  void aServerThatNeverAcceptsIsUnreachable() throws IOException {
    try (Listening listening = Listening.open();
        VerbsEnd client = VerbsEnd.begin(listening.address(), Shape.USUAL.connectMillis(300));
        VerbsEnd requested = listening.request(Shape.USUAL)) {
      client.await(EventType.RDMA_CM_EVENT_UNREACHABLE);
      assertFalse(Verbs.failureOf(client.id).isEmpty());
      assertTrue(requested.id.isOpen());
    }
  }

  @Test
  void aRequestThatIsGivenUpIsRejected() throws IOException {
    try (Listening listening = Listening.open();
        VerbsEnd client = VerbsEnd.begin(listening.address(), Shape.USUAL)) {
      listening.request(Shape.USUAL).close();
      client.await(EventType.RDMA_CM_EVENT_REJECTED);
    }
  }

  @Test
  void aRequestThatIsRefusedIsRejected() throws IOException {
    try (Listening listening = Listening.open();
        VerbsEnd client = VerbsEnd.begin(listening.address(), Shape.USUAL);
        VerbsEnd requested = listening.request(Shape.USUAL)) {
      Verbs.reject(requested.id);
      client.await(EventType.RDMA_CM_EVENT_REJECTED);
    }
  }

  @Test
  void theDataGoesTheWayThatThisRunIsAbout() throws IOException {
    try (Pair pair = Pair.connect()) {
      String expected = Suite.dataPath() == DataPath.NATIVE ? "" : Suite.dataPath().word();
      String path = Verbs.pathOf(pair.client().id);
      assertEquals(expected, path.contains(":") ? path.substring(0, path.indexOf(':')) : path);
      assertEquals(path.isEmpty(), Verbs.pathOf(pair.server().id).isEmpty());
    }
  }

  @Test
  void theFirstMessageOfAServerMeetsTheRecvsPostedBefore() throws IOException {
    Shape impatient = Shape.USUAL.rnrRetries(0);
    for (int i = 0; i < 30; i++) {
      try (Listening listening = Listening.open();
          VerbsEnd client = VerbsEnd.resolve(listening.address(), impatient)) {
        IbvMr inbox = client.register(client.allocate(8), VerbsEnd.LOCAL);
        client.receive(1, piece(inbox, 0, 8));
        client.id.connect(impatient.parameters());
        try (VerbsEnd server = listening.request(impatient)) {
          VerbsEnd.join(client, server);
          IbvMr source = server.register(server.allocate(8), VerbsEnd.LOCAL);
          server.id.accept(impatient.parameters());
          if (Differences.HANDSHAKE.holds()) {
            client.await(EventType.RDMA_CM_EVENT_ESTABLISHED);
          }
          server.await(EventType.RDMA_CM_EVENT_ESTABLISHED);
          server.post(VerbsEnd.send(2, piece(source, 0, 8)));
          Check.success(server, 2);
          Check.success(client, 1);
        }
      }
    }
  }

  @Test
  void waitingForEventsHasADeadline() throws IOException {
    try (Pair pair = Pair.connect()) {
      assertNull(pair.listening().events().next(pair.listening().id(), SHORT));
      assertNull(pair.client().events.next(pair.client().id, SHORT));
    }
  }

  @Test
  void bothEndsHearOfAnOrderlyClose() throws IOException {
    try (Pair pair = Pair.connect()) {
      assertConnected(pair.client(), pair.server());
      pair.client().id.disconnect();
      pair.client().await(EventType.RDMA_CM_EVENT_DISCONNECTED);
      pair.server().await(EventType.RDMA_CM_EVENT_DISCONNECTED);
      assertNull(pair.client().events.next(pair.client().id, SHORT));
    }
    try (Pair pair = Pair.connect()) {
      pair.server().id.disconnect();
      pair.server().await(EventType.RDMA_CM_EVENT_DISCONNECTED);
      pair.client().await(EventType.RDMA_CM_EVENT_DISCONNECTED);
    }
  }

  @Test
  void anEndThatIsDestroyedDisconnectsItsPeer() throws IOException {
    try (Listening listening = Listening.open();
        VerbsEnd client = VerbsEnd.begin(listening.address(), Shape.USUAL)) {
      VerbsEnd server = listening.accept(client, Shape.USUAL);
      server.close();
      client.await(EventType.RDMA_CM_EVENT_DISCONNECTED);
    }
  }

  @Test
  void aPortInUseIsToldAndFreeAfterwards() throws IOException {
    InetSocketAddress address;
    try (Listening first = Listening.open()) {
      address = first.address();
      assertThrows(IOException.class, () -> Listening.open(address));
    }
    Listening.open(address).close();
  }

  @Test
  void aListenerServesManyAtOnce() throws Exception {
    int count = 16;
    try (Listening listening = Listening.open()) {
      List<VerbsEnd> ends = new ArrayList<>();
      // All ask before the first is answered.
      for (int i = 0; i < count; i++) {
        ends.add(VerbsEnd.begin(listening.address(), Shape.USUAL.connectMillis(20_000)));
      }
      List<VerbsEnd> served = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        served.add(listening.request(Shape.USUAL));
      }
      for (VerbsEnd end : served) {
        end.id.accept(end.shape().parameters());
      }
      for (int i = 0; i < count; i++) {
        ends.get(i).await(EventType.RDMA_CM_EVENT_ESTABLISHED);
      }
      for (VerbsEnd end : served) {
        end.await(EventType.RDMA_CM_EVENT_ESTABLISHED);
      }
      for (VerbsEnd end : ends) {
        VerbsEnd other =
            served.stream()
                .filter(each -> sourceOf(end).equals(destinationOf(each)))
                .findFirst()
                .orElseThrow();
        VerbsEnd.join(end, other);
        assertConnected(end, other);
      }
      for (int i = 0; i < count; i++) {
        ends.get(i).close();
        served.get(i).close();
      }
    }
  }

  private static Object sourceOf(VerbsEnd end) {
    try {
      return end.id.getSource();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Object destinationOf(VerbsEnd end) {
    try {
      return end.id.getDestination();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void connectionsThatEndLeaveNothing() throws IOException {
    // The first one opens what lasts as long as the process.
    Pair.connect().close();
    long before = openFiles();
    for (int i = 0; i < 20; i++) {
      try (Pair pair = Pair.connect()) {
        assertConnected(pair.client(), pair.server());
      }
    }
    long deadline = System.nanoTime() + Suite.patient(Duration.ofSeconds(5)).toNanos();
    while (openFiles() > before + 5 && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
    assertTrue(openFiles() <= before + 5, before + " files were open, now " + openFiles());
  }

  private static long openFiles() throws IOException {
    Path own = Path.of("/proc/self/fd");
    if (!Files.isDirectory(own)) {
      return 0;
    }
    try (var files = Files.list(own)) {
      return files.count();
    }
  }
}
