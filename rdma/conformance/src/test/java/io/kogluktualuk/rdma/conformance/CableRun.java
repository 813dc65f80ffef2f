package io.kogluktualuk.rdma.conformance;

import static io.kogluktualuk.rdma.conformance.VerbsEnd.piece;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Either end of a connection whose cable is cut in mid-transfer. See the module's README.
public final class CableRun {

  private static final int BYTES = 64 * 1024;
  private static final int OUTSTANDING = 4;
  private static final int RECEIVES = 2;
  private static final int HELLO_BYTES = 16;

  /// How long it may take until the end that transfers notices.
  private static final Duration NOTICE_MAX = Duration.ofSeconds(60);

  private CableRun() {}

  /// @param args `serve` or `transfer`, the server's address, its port
  public static void main(String[] args) throws Exception {
    InetSocketAddress address = new InetSocketAddress(args[1], Integer.parseInt(args[2]));
    switch (args[0]) {
      case "serve" -> serve(address);
      case "transfer" -> transfer(address);
      default -> throw new IllegalArgumentException("serve or transfer, not " + args[0]);
    }
    // Threads of the provider may still wait for the other end.
    System.exit(0);
  }

  private static void serve(InetSocketAddress address) throws Exception {
    Listening listening = Listening.open(address);
    System.out.println("SERVING");
    VerbsEnd end = listening.accept(Shape.USUAL);
    MemorySegment memory = Memory.fill(end.allocate(BYTES), 1);
    IbvMr region = end.register(memory, VerbsEnd.ALL_RIGHTS);
    MemorySegment hello = end.allocate(HELLO_BYTES);
    hello.set(ValueLayout.JAVA_LONG, 0, region.getAddr());
    hello.set(ValueLayout.JAVA_INT, 8, region.getRkey());
    end.post(VerbsEnd.send(1, piece(end.register(hello, VerbsEnd.LOCAL), 0, HELLO_BYTES)));
    Check.success(end, 1);
    Other told =
        Other.thread(
            () -> {
              while (System.in.read() > '\n') {
                // Until the end of the line, or of the input.
              }
            });
    while (!told.isDone()) {
      CmEvents.Event event = end.events.next(end.id, Duration.ofMillis(100));
      if (event != null) {
        System.out.println("HEARD " + event.type());
      }
    }
  }

  private static void transfer(InetSocketAddress address) throws Exception {
    VerbsEnd end = VerbsEnd.resolve(address, Shape.USUAL);
    MemorySegment here = end.allocate((long) OUTSTANDING * BYTES);
    IbvMr local = end.register(here, VerbsEnd.LOCAL);
    MemorySegment hello = end.allocate(HELLO_BYTES);
    end.receive(1, piece(end.register(hello, VerbsEnd.LOCAL), 0, HELLO_BYTES));
    for (int i = 0; i < RECEIVES; i++) {
      end.receive(50 + i, piece(local, 0, 8));
    }
    end.id.connect(end.shape().parameters());
    end.await(EventType.RDMA_CM_EVENT_ESTABLISHED);
    Check.success(end, 1);
    long remote = hello.get(ValueLayout.JAVA_LONG, 0);
    int rkey = hello.get(ValueLayout.JAVA_INT, 8);
    readUntilItFails(end, here, local, remote, rkey);
    assertFlushed(end);
    connectAgain(address);
    System.out.println("PASSED");
  }

  private static void readUntilItFails(
      VerbsEnd end, MemorySegment here, IbvMr local, long remote, int rkey) throws IOException {
    MemorySegment expected = Memory.fill(MemorySegment.ofArray(new byte[BYTES]), 1);
    for (int i = 0; i < OUTSTANDING; i++) {
      end.post(read(i, local, remote, rkey));
    }
    long last = System.nanoTime();
    for (long done = 0; ; done++) {
      VerbsEnd.Completion completion = end.completion(NOTICE_MAX);
      if (completion.status() != Check.SUCCESS) {
        long millis = (System.nanoTime() - last) / 1_000_000;
        System.out.println(
            "after " + done + " READs: status " + completion.status() + " in " + millis + " ms");
        assertEquals(Check.RETRY_EXC_ERR, completion.status());
        assertEquals(done % OUTSTANDING, completion.id());
        return;
      }
      last = System.nanoTime();
      long at = completion.id() * BYTES;
      Memory.assertSame(expected, here.asSlice(at, BYTES), BYTES);
      here.asSlice(at, BYTES).fill((byte) 0);
      end.post(read(completion.id(), local, remote, rkey));
      if (done == 10L * OUTSTANDING) {
        System.out.println("TRANSFERRING");
      }
    }
  }

  private static com.ibm.disni.verbs.IbvSendWR read(long id, IbvMr local, long remote, int rkey) {
    return VerbsEnd.remote(
        VerbsEnd.request(
            com.ibm.disni.verbs.IbvSendWR.IBV_WR_RDMA_READ, id, piece(local, id * BYTES, BYTES)),
        remote,
        rkey);
  }

  private static void assertFlushed(VerbsEnd end) throws IOException {
    List<VerbsEnd.Completion> rest = new ArrayList<>();
    for (int i = 0; i < OUTSTANDING - 1 + RECEIVES; i++) {
      rest.add(end.completion());
    }
    rest.sort(Comparator.comparingLong(VerbsEnd.Completion::id));
    rest.forEach(completion -> assertEquals(Check.WR_FLUSH_ERR, completion.status()));
    assertEquals(List.of(50L, 51L), rest.stream().map(VerbsEnd.Completion::id).skip(3).toList());
  }

  /// While the cable is cut nobody can be reached.
  private static void connectAgain(InetSocketAddress address) throws IOException {
    EventType found = VerbsEnd.failureToConnect(address, Shape.USUAL);
    System.out.println("connecting again: " + found);
    assertTrue(
        found == EventType.RDMA_CM_EVENT_UNREACHABLE || found == EventType.RDMA_CM_EVENT_ADDR_ERROR,
        "found " + found);
  }
}
