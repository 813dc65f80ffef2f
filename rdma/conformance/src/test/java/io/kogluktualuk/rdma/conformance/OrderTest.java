package io.kogluktualuk.rdma.conformance;

import static io.kogluktualuk.rdma.conformance.VerbsEnd.piece;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvSendWR;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a queue pair promises about order.
@NullUnmarked // JUnit fills the fields before each test.
class OrderTest {

  private Pair pair;
  private VerbsEnd client;
  private VerbsEnd server;

  @BeforeEach
  void connect() throws IOException {
    pair = Pair.connect();
    client = pair.client();
    server = pair.server();
  }

  @AfterEach
  void close() throws IOException {
    pair.close();
  }

  @Test
  void messagesArriveInTheOrderTheyWerePosted() throws Exception {
    int count = 1000;
    int window = 16;
    MemorySegment from = client.allocate(8L * window);
    MemorySegment to = server.allocate(8L * window);
    IbvMr source = client.register(from, VerbsEnd.LOCAL);
    IbvMr target = server.register(to, VerbsEnd.LOCAL);
    for (int i = 0; i < window; i++) {
      server.receive(i, piece(target, 8L * i, 8));
    }
    Other sender = Other.thread(() -> sendNumbers(from, source, count, window));
    for (int i = 0; i < count; i++) {
      Check.success(server, i);
      long at = 8L * (i % window);
      assertEquals(i, to.get(ValueLayout.JAVA_LONG, at));
      if (i + window < count) {
        server.receive(i + window, piece(target, at, 8));
      }
    }
    sender.join();
  }

  private void sendNumbers(MemorySegment from, IbvMr source, int count, int window)
      throws IOException {
    for (int i = 0; i < count; i++) {
      if (i >= window) {
        Check.success(client, i - window);
      }
      long at = 8L * (i % window);
      from.set(ValueLayout.JAVA_LONG, at, i);
      client.post(VerbsEnd.send(i, piece(source, at, 8)));
    }
    for (int i = count - window; i < count; i++) {
      Check.success(client, i);
    }
  }

  @Test
  void aMessageTellsThatTheWritesBeforeItAreThere() throws Exception {
    int bytes = 70_000;
    int rounds = 50;
    MemorySegment from = client.allocate(bytes);
    MemorySegment to = server.allocate(bytes);
    IbvMr source = client.register(from, VerbsEnd.LOCAL);
    IbvMr target = server.register(to, VerbsEnd.ALL_RIGHTS);
    for (int i = 0; i < rounds; i++) {
      Memory.fill(from, i);
      server.receive(i);
      IbvSendWR told = VerbsEnd.send(2);
      if (i % 2 == 0) {
        told.setOpcode(IbvSendWR.IBV_WR_RDMA_WRITE_WITH_IMM);
        VerbsEnd.remote(told, target.getAddr(), target.getRkey());
      }
      client.post(VerbsEnd.write(1, target, 0, piece(source, 0, bytes)), told);
      Check.success(server, i);
      Memory.assertSame(from, to, bytes);
      Check.success(client, 1);
      Check.success(client, 2);
    }
  }

  @Test
  void aReadSeesTheWritesBeforeIt() throws IOException {
    int bytes = 4096;
    MemorySegment here = client.allocate(2L * bytes);
    IbvMr local = client.register(here, VerbsEnd.LOCAL);
    IbvMr target = server.register(server.allocate(bytes), VerbsEnd.ALL_RIGHTS);
    for (int i = 0; i < 50; i++) {
      Memory.fill(here.asSlice(0, bytes), i);
      client.post(
          VerbsEnd.write(1, target, 0, piece(local, 0, bytes)),
          VerbsEnd.read(2, target, 0, piece(local, bytes, bytes)));
      Check.success(client, 1);
      Check.success(client, 2);
      Memory.assertSame(here, here.asSlice(bytes), bytes);
    }
  }

  @Test
  void completionsComeInTheOrderOfPosting() throws IOException {
    IbvMr local = client.register(client.allocate(65_536), VerbsEnd.LOCAL);
    IbvMr target = server.register(server.allocate(65_536), VerbsEnd.ALL_RIGHTS);
    IbvMr inbox = server.register(server.allocate(65_536), VerbsEnd.LOCAL);
    Seeds.run(
        OrderTest.class,
        20,
        random -> {
          List<IbvSendWR> requests = new ArrayList<>();
          int messages = 0;
          for (int i = 0; i < 20; i++) {
            int bytes = random.nextInt(3) == 0 ? random.nextInt(65_536) : random.nextInt(64);
            var piece = piece(local, 0, bytes);
            switch (random.nextInt(4)) {
              case 0 -> requests.add(VerbsEnd.read(i, target, 0, piece));
              case 1 -> requests.add(VerbsEnd.write(i, target, 0, piece));
              case 2 ->
                  requests.add(
                      VerbsEnd.atomic(
                          IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD,
                          i,
                          target.getAddr(),
                          target.getRkey(),
                          1,
                          0,
                          piece(local, 0, 8)));
              default -> {
                requests.add(VerbsEnd.send(i, piece));
                server.receive(100 + messages++, piece(inbox, 0, 65_536));
              }
            }
          }
          client.post(requests.toArray(IbvSendWR[]::new));
          for (int i = 0; i < messages; i++) {
            Check.success(server, 100 + i);
          }
          for (int i = 0; i < requests.size(); i++) {
            Check.success(client, i);
          }
        });
  }
}
