package io.kogluktualuk.rdma.conformance;

import static io.kogluktualuk.rdma.conformance.VerbsEnd.piece;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.disni.verbs.IbvMr;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// How much can be posted and how many completions can wait: at least what was asked for, and not
/// without end.
class DepthTest {

  private static final int DEPTH = 32;

  /// Adapters round up; nobody gives this much.
  private static final int POSTS_MAX = 16 * DEPTH;

  /// Posts until it is refused.
  private interface Posting {
    void post(int number) throws IOException;
  }

  private static int count(Posting posting) {
    for (int i = 0; i < POSTS_MAX; i++) {
      try {
        posting.post(i);
      } catch (IOException e) {
        assertFalse(e.toString().isEmpty());
        return i;
      }
    }
    return POSTS_MAX;
  }

  @Test
  void aReceiveQueueHasItsDepth() throws Exception {
    try (Pair pair = Pair.connect(Shape.USUAL.depth(DEPTH, DEPTH).completions(2 * POSTS_MAX))) {
      VerbsEnd server = pair.server();
      IbvMr target = server.register(server.allocate(8), VerbsEnd.LOCAL);
      int posted = count(i -> server.receive(i, piece(target, 0, 8)));
      assertTrue(posted >= DEPTH && posted < POSTS_MAX, "posted " + posted);
      IbvMr source = pair.client().register(pair.client().allocate(8), VerbsEnd.LOCAL);
      for (int i = 0; i < posted; i++) {
        pair.client().post(VerbsEnd.send(i, piece(source, 0, 8)));
        Check.success(server, i);
        Check.success(pair.client(), i);
      }
      server.receive(7, piece(target, 0, 8));
    }
  }

  @Test
  void aSendQueueHasItsDepth() throws Exception {
    try (Pair pair = Pair.connect(Shape.USUAL.depth(DEPTH, 256).completions(2 * POSTS_MAX))) {
      VerbsEnd client = pair.client();
      VerbsEnd server = pair.server();
      IbvMr source = client.register(client.allocate(8), VerbsEnd.LOCAL);
      IbvMr target = server.register(server.allocate(8), VerbsEnd.LOCAL);
      // Nobody has posted a RECV: nothing can be done yet.
      int posted = count(i -> client.post(VerbsEnd.send(i, piece(source, 0, 8))));
      assertTrue(posted >= DEPTH && posted < POSTS_MAX, "posted " + posted);
      for (int i = 0; i < posted; i++) {
        server.receive(i, piece(target, 0, 8));
      }
      for (int i = 0; i < posted; i++) {
        Check.success(server, i);
        Check.success(client, i);
      }
      server.receive(7, piece(target, 0, 8));
      client.post(VerbsEnd.send(8, piece(source, 0, 8)));
      Check.success(client, 8);
      Check.success(server, 7);
      assertNull(server.poll());
    }
  }

  @Test
  void aCompletionQueueHoldsWhatWasAskedFor() throws Exception {
    int capacity = 100;
    try (Pair pair = Pair.connect(Shape.USUAL.depth(2 * capacity, 64).completions(capacity))) {
      VerbsEnd client = pair.client();
      VerbsEnd server = pair.server();
      IbvMr source = client.register(client.allocate(8), VerbsEnd.LOCAL);
      IbvMr target = server.register(server.allocate(8), VerbsEnd.ALL_RIGHTS);
      for (int round = 0; round < 3; round++) {
        server.receive(1);
        for (int i = 0; i < capacity - 1; i++) {
          client.post(VerbsEnd.write(i, target, 0, piece(source, 0, 8)));
        }
        client.post(VerbsEnd.send(capacity - 1));
        // When the message is there, everything before it is done.
        Check.success(server, 1);
        for (int i = 0; i < capacity; i++) {
          assertEquals(i, Check.success(client, i).id());
        }
        assertNull(client.poll());
      }
    }
  }
}
