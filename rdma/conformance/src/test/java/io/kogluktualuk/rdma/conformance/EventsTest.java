package io.kogluktualuk.rdma.conformance;

import static io.kogluktualuk.rdma.conformance.VerbsEnd.flags;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.piece;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvSendWR;
import java.io.IOException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Waiting for completions at the completion channel.
@NullUnmarked // JUnit fills the fields before each test.
class EventsTest {

  private static final int LONG = 20_000;

  /// No event comes: this long is enough to believe it.
  private static final int SHORT = 20;

  private Pair pair;
  private VerbsEnd client;
  private VerbsEnd server;
  private IbvMr source;
  private IbvMr target;

  @BeforeEach
  void connect() throws IOException {
    pair = Pair.connect();
    client = pair.client();
    server = pair.server();
    source = client.register(client.allocate(64), VerbsEnd.LOCAL);
    target = server.register(server.allocate(64), VerbsEnd.ALL_RIGHTS);
  }

  @AfterEach
  void close() throws IOException {
    pair.close();
  }

  @Test
  void aMessageWakesASleeper() throws Exception {
    for (int i = 0; i < 20; i++) {
      server.receive(i, piece(target, 0, 8));
      server.arm(false);
      Other sender = Other.thread(() -> client.post(send(5, piece(source, 0, 8))));
      assertTrue(server.awaitEvent(LONG));
      Check.success(server, i);
      sender.join();
      Check.success(client, 5);
    }
    assertFalse(server.awaitEvent(SHORT));
  }

  @Test
  void ownRequestsWakeToo() throws IOException {
    for (int i = 0; i < 10; i++) {
      client.arm(false);
      client.post(VerbsEnd.read(i, target, 0, piece(source, 0, 64)));
      assertTrue(client.awaitEvent(LONG));
      Check.success(client, i);
    }
  }

  @Test
  void failuresWakeToo() throws IOException {
    client.receive(1, piece(source, 0, 8));
    client.arm(true);
    client.post(
        VerbsEnd.remote(
            VerbsEnd.request(IbvSendWR.IBV_WR_RDMA_READ, 2, piece(source, 0, 8)), 4096, 77));
    assertTrue(client.awaitEvent(LONG));
    Check.next(client, 2, Check.REM_ACCESS_ERR);
  }

  @Test
  void oneArmingGivesOneEvent() throws IOException {
    server.receive(1, piece(target, 0, 8));
    server.receive(2, piece(target, 0, 8));
    server.arm(false);
    client.post(send(3, piece(source, 0, 8)), send(4, piece(source, 0, 8)));
    Check.success(client, 3);
    Check.success(client, 4);
    assertTrue(server.awaitEvent(LONG));
    assertFalse(server.awaitEvent(SHORT));
    Check.success(server, 1);
    Check.success(server, 2);
  }

  @Test
  void withoutArmingThereIsNoEvent() throws IOException {
    server.receive(1, piece(target, 0, 8));
    client.post(send(3, piece(source, 0, 8)));
    Check.success(client, 3);
    Check.success(server, 1);
    assertFalse(server.awaitEvent(SHORT));
  }

  @Test
  void whoWaitsForSolicitedEventsSleepsThroughOthers() throws IOException {
    server.receive(1, piece(target, 0, 8));
    server.receive(2, piece(target, 0, 8));
    server.arm(true);
    client.post(send(3, piece(source, 0, 8)));
    Check.success(client, 3);
    assertFalse(server.awaitEvent(SHORT));
    int solicited = IbvSendWR.IBV_SEND_SOLICITED | IbvSendWR.IBV_SEND_SIGNALED;
    client.post(flags(send(4, piece(source, 0, 8)), solicited));
    assertTrue(server.awaitEvent(LONG));
    Check.success(server, 1);
    Check.success(server, 2);
  }

  /// Takes completions until this request's comes. Arms, looks once more, and only then sleeps: the
  /// way that loses nothing.
  private static void await(VerbsEnd end, long id) throws IOException {
    VerbsEnd.Completion found;
    do {
      found = end.poll();
      while (found == null) {
        end.arm(false);
        found = end.poll();
        if (found == null) {
          assertTrue(end.awaitEvent(LONG), "a wake-up was lost");
          found = end.poll();
        }
      }
      assertEquals(0, found.status());
    } while (found.id() != id);
  }

  @Test
  void noWakeUpIsLost() throws Exception {
    int rounds = 1000;
    IbvMr inbox = client.register(client.allocate(8), VerbsEnd.LOCAL);
    client.receive(100, piece(inbox, 0, 8));
    server.receive(100, piece(target, 0, 8));
    Other echo =
        Other.thread(
            () -> {
              for (int i = 0; i < rounds; i++) {
                await(server, 100);
                server.receive(100, piece(target, 0, 8));
                server.post(send(1, piece(target, 0, 8)));
              }
            });
    for (int i = 0; i < rounds; i++) {
      client.post(send(1, piece(source, 0, 8)));
      await(client, 100);
      client.receive(100, piece(inbox, 0, 8));
    }
    echo.join();
  }
}
