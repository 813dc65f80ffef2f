package io.kogluktualuk.rdma.conformance;

import static io.kogluktualuk.rdma.conformance.VerbsEnd.piece;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.read;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.remote;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.request;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.send;
import static io.kogluktualuk.rdma.conformance.VerbsEnd.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each way in which a request can fail, in the statuses that an adapter gives.
@NullUnmarked // JUnit fills the fields before each test.
class FailuresTest {

  private static final int UNKNOWN_KEY = 0x00FF_FF01;
  private static final int READ = IbvSendWR.IBV_WR_RDMA_READ;
  private static final int WRITE = IbvSendWR.IBV_WR_RDMA_WRITE;
  private static final int FETCH_ADD = IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD;

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

  private static IbvSendWR oneSided(int opcode, long id, long address, int rkey, IbvSge piece) {
    return opcode == FETCH_ADD
        ? VerbsEnd.atomic(opcode, id, address, rkey, 1, 0, piece)
        : remote(request(opcode, id, piece), address, rkey);
  }

  /// Posts two requests and RECVs: the first request fails as said, all else is flushed.
  private void assertFails(int status, int opcode, long address, int rkey, int bytes)
      throws IOException {
    IbvMr local = client.register(client.allocate(Math.max(8, bytes)), VerbsEnd.LOCAL);
    IbvMr inbox = server.register(server.allocate(8), VerbsEnd.LOCAL);
    client.receive(8, piece(local, 0, 8));
    server.receive(20, piece(inbox, 0, 8));
    server.receive(21, piece(inbox, 0, 8));
    IbvSge piece = piece(local, 0, bytes);
    client.post(
        oneSided(opcode, 1, address, rkey, piece), oneSided(opcode, 2, address, rkey, piece));
    Check.next(client, 1, status);
    assertFlushed(client, 2, 8);
    client.post(oneSided(opcode, 3, address, rkey, piece));
    assertFlushed(client, 3);
    if (!Differences.LATE_RECV.holds()) {
      client.receive(9, piece(local, 0, 8));
      assertFlushed(client, 9);
    }
    if (status == Check.REM_ACCESS_ERR) {
      // The one whose memory was asked for has left the connection too.
      assertFlushed(server, 20, 21);
      server.post(send(22, piece(inbox, 0, 8)));
      assertFlushed(server, 22);
    }
  }

  /// Both queues of an end are flushed, each in its order.
  private static void assertFlushed(VerbsEnd end, long... ids) throws IOException {
    long[] found = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      VerbsEnd.Completion completion = end.completion();
      assertEquals(Check.WR_FLUSH_ERR, completion.status());
      found[i] = completion.id();
    }
    java.util.Arrays.sort(found);
    assertEquals(java.util.Arrays.toString(ids), java.util.Arrays.toString(found));
  }

  private IbvMr region(int access) throws IOException {
    return server.register(server.allocate(128), access);
  }

  @ParameterizedTest
  @ValueSource(ints = {READ, WRITE, FETCH_ADD})
  void anUnknownKeyIsAnAccessError(int opcode) throws IOException {
    assertFails(Check.REM_ACCESS_ERR, opcode, 4096, UNKNOWN_KEY, 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {READ, WRITE, FETCH_ADD})
  void pastTheEndIsAnAccessError(int opcode) throws IOException {
    IbvMr target = region(VerbsEnd.ALL_RIGHTS);
    assertFails(Check.REM_ACCESS_ERR, opcode, target.getAddr() + 128, target.getRkey(), 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {READ, WRITE})
  void overTheEndIsAnAccessError(int opcode) throws IOException {
    IbvMr target = region(VerbsEnd.ALL_RIGHTS);
    assertFails(Check.REM_ACCESS_ERR, opcode, target.getAddr() + 121, target.getRkey(), 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {READ, WRITE, FETCH_ADD})
  void beforeTheBeginningIsAnAccessError(int opcode) throws IOException {
    IbvMr target = region(VerbsEnd.ALL_RIGHTS);
    assertFails(Check.REM_ACCESS_ERR, opcode, target.getAddr() - 8, target.getRkey(), 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {READ, WRITE})
  void aRangeThatWrapsRoundIsAnAccessError(int opcode) throws IOException {
    IbvMr target = region(VerbsEnd.ALL_RIGHTS);
    assertFails(Check.REM_ACCESS_ERR, opcode, -4, target.getRkey(), 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {READ, WRITE, FETCH_ADD})
  void aRegionOfAnotherDomainIsAnAccessError(int opcode) throws Exception {
    IbvPd other = server.id.getVerbs().allocPd();
    IbvMr target = server.register(other, server.allocate(128), VerbsEnd.ALL_RIGHTS);
    assertFails(Check.REM_ACCESS_ERR, opcode, target.getAddr(), target.getRkey(), 8);
    server.deregister(target);
    other.deallocPd();
  }

  @ParameterizedTest
  @ValueSource(ints = {READ, WRITE, FETCH_ADD})
  void aDeregisteredRegionIsAnAccessErrorEvenAfterUse(int opcode) throws IOException {
    IbvMr target = region(VerbsEnd.ALL_RIGHTS);
    IbvMr local = client.register(client.allocate(128), VerbsEnd.LOCAL);
    client.post(read(1, target, 0, piece(local, 0, 128)));
    Check.success(client, 1);
    long address = target.getAddr();
    int rkey = target.getRkey();
    server.deregister(target);
    assertFails(Check.REM_ACCESS_ERR, opcode, address, rkey, 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {WRITE, FETCH_ADD})
  void changingAReadOnlyRegionIsAnAccessError(int opcode) throws IOException {
    MemorySegment memory = server.allocate(128);
    IbvMr target = server.register(memory, VerbsEnd.READ_ONLY);
    assertFails(Check.REM_ACCESS_ERR, opcode, target.getAddr(), target.getRkey(), 8);
    Memory.assertSame(server.allocate(128), memory, 128);
  }

  @ParameterizedTest
  @ValueSource(ints = {READ, FETCH_ADD})
  void readingAWriteOnlyRegionIsAnAccessError(int opcode) throws IOException {
    IbvMr target = region(IbvMr.IBV_ACCESS_LOCAL_WRITE | IbvMr.IBV_ACCESS_REMOTE_WRITE);
    assertFails(Check.REM_ACCESS_ERR, opcode, target.getAddr(), target.getRkey(), 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {READ, WRITE, FETCH_ADD})
  void aRegionWithoutRemoteRightsIsAnAccessError(int opcode) throws IOException {
    IbvMr target = region(VerbsEnd.LOCAL);
    assertFails(Check.REM_ACCESS_ERR, opcode, target.getAddr(), target.getRkey(), 8);
  }

  /// A request whose own memory is wrong fails at its own end only.
  private void assertLocalError(IbvSendWR request) throws IOException {
    IbvMr inbox = server.register(server.allocate(128), VerbsEnd.LOCAL);
    server.receive(20, piece(inbox, 0, 128));
    client.post(request, request);
    int status = client.completion().status();
    if (!Differences.LOCAL_STATUS.holds() || status != Check.LOC_QP_OP_ERR) {
      assertEquals(Check.LOC_PROT_ERR, status);
    }
    Check.next(client, request.getWr_id(), Check.WR_FLUSH_ERR);
  }

  @Test
  void readingIntoUnregisteredMemoryIsALocalError() throws IOException {
    IbvMr target = region(VerbsEnd.ALL_RIGHTS);
    long address = client.allocate(64).address();
    assertLocalError(read(1, target, 0, piece(address, 64, UNKNOWN_KEY)));
  }

  @Test
  void writingFromUnregisteredMemoryIsALocalError() throws IOException {
    IbvMr target = region(VerbsEnd.ALL_RIGHTS);
    long address = client.allocate(64).address();
    assertLocalError(write(1, target, 0, piece(address, 64, UNKNOWN_KEY)));
  }

  @Test
  void sendingUnregisteredMemoryIsALocalError() throws IOException {
    assertLocalError(send(1, piece(client.allocate(64).address(), 64, UNKNOWN_KEY)));
  }

  @Test
  void readingIntoMemoryThatMayNotBeWrittenIsALocalError() throws IOException {
    IbvMr target = region(VerbsEnd.ALL_RIGHTS);
    IbvMr local = client.register(client.allocate(64), VerbsEnd.READ_ONLY);
    assertLocalError(read(1, target, 0, piece(local, 0, 64)));
  }

  @Test
  void aPieceOverTheEndOfItsRegionIsALocalError() throws IOException {
    IbvMr local = client.register(client.allocate(64), VerbsEnd.LOCAL);
    assertLocalError(send(1, piece(local, 1, 64)));
  }

  @Test
  void aPieceOfAnotherDomainIsALocalError() throws Exception {
    IbvPd other = client.id.getVerbs().allocPd();
    IbvMr local = client.register(other, client.allocate(64), VerbsEnd.LOCAL);
    assertLocalError(send(1, piece(local, 0, 64)));
    client.deregister(local);
    other.deallocPd();
  }

  @Test
  void aMessageLongerThanItsRecvFailsBothEnds() throws IOException {
    IbvMr source = client.register(client.allocate(100), VerbsEnd.LOCAL);
    IbvMr target = server.register(server.allocate(100), VerbsEnd.LOCAL);
    server.receive(1, piece(target, 0, 99));
    server.receive(2, piece(target, 0, 99));
    client.post(send(5, piece(source, 0, 100)), send(6, piece(source, 0, 100)));
    Check.next(client, 5, Check.REM_OP_ERR);
    Check.next(client, 6, Check.WR_FLUSH_ERR);
    Check.next(server, 1, Check.LOC_QP_OP_ERR);
    Check.next(server, 2, Check.WR_FLUSH_ERR);
  }

  @Test
  void aLongMessageLongerThanItsRecvFailsBothEnds() throws IOException {
    int bytes = 300_000;
    IbvMr source = client.register(client.allocate(bytes), VerbsEnd.LOCAL);
    IbvMr target = server.register(server.allocate(bytes), VerbsEnd.LOCAL);
    server.receive(1, piece(target, 0, bytes - 1));
    client.post(send(5, piece(source, 0, bytes)));
    Check.next(client, 5, Check.REM_OP_ERR);
    Check.next(server, 1, Check.LOC_QP_OP_ERR);
  }

  @Test
  void unsignalledRequestsThatFailAreTold() throws IOException {
    IbvMr local = client.register(client.allocate(8), VerbsEnd.LOCAL);
    IbvSendWR request = VerbsEnd.flags(oneSided(READ, 1, 4096, UNKNOWN_KEY, piece(local, 0, 8)), 0);
    client.post(request, request);
    Check.next(client, 1, Check.REM_ACCESS_ERR);
    Check.next(client, 1, Check.WR_FLUSH_ERR);
  }

  @Test
  void whatWasPostedBeforeAFailureSucceedsAndWhatFollowsIsFlushedInOrder() throws IOException {
    IbvMr target = region(VerbsEnd.ALL_RIGHTS);
    IbvMr local = client.register(client.allocate(128), VerbsEnd.LOCAL);
    client.post(
        read(1, target, 0, piece(local, 0, 128)),
        write(2, target, 0, piece(local, 0, 128)),
        oneSided(READ, 3, target.getAddr(), target.getRkey() ^ 0x55, piece(local, 0, 8)),
        write(4, target, 0, piece(local, 0, 128)),
        read(5, target, 0, piece(local, 0, 128)),
        send(6, piece(local, 0, 8)));
    Check.success(client, 1);
    Check.success(client, 2);
    Check.next(client, 3, Check.REM_ACCESS_ERR);
    Check.next(client, 4, Check.WR_FLUSH_ERR);
    Check.next(client, 5, Check.WR_FLUSH_ERR);
    Check.next(client, 6, Check.WR_FLUSH_ERR);
  }

  @Test
  void aSendWithoutRecvFailsWhenItsRetriesAreUsedUp() throws IOException {
    Shape impatience = Shape.USUAL.rnrRetries(1);
    try (Pair impatient = Pair.connect(impatience)) {
      VerbsEnd end = impatient.client();
      IbvMr source = end.register(end.allocate(8), VerbsEnd.LOCAL);
      IbvMr inbox = impatient.server().register(impatient.server().allocate(8), VerbsEnd.LOCAL);
      long started = System.nanoTime();
      end.post(send(5, piece(source, 0, 8)));
      Check.next(end, 5, Check.RNR_RETRY_EXC_ERR);
      assertTrue(System.nanoTime() - started > 500_000_000L, "the peer had no time");
      // The peer has missed nothing that it could notice.
      impatient.server().receive(1, piece(inbox, 0, 8));
      assertNull(impatient.server().poll());
    }
  }

  @Test
  void aRequestHasAtMostFourPieces() throws IOException {
    IbvMr source = client.register(client.allocate(8), VerbsEnd.LOCAL);
    IbvSge piece = piece(source, 0, 1);
    assertThrows(IOException.class, () -> client.post(send(2, piece, piece, piece, piece, piece)));
    assertThrows(IOException.class, () -> client.receive(2, piece, piece, piece, piece, piece));
  }

  @Test
  void afterAnOrderlyCloseRequestsFailButPostedRecvsStay() throws IOException {
    IbvMr target = server.register(server.allocate(8), VerbsEnd.LOCAL);
    IbvMr own = client.register(client.allocate(8), VerbsEnd.LOCAL);
    server.receive(1, piece(target, 0, 8));
    client.receive(3, piece(own, 0, 8));
    client.id.disconnect();
    server.await(EventType.RDMA_CM_EVENT_DISCONNECTED);
    // The one who closes has left the connection: its RECVs are flushed.
    assertFlushed(client, 3);
    assertNull(server.poll());
    server.post(send(2, piece(target, 0, 8)));
    Check.next(server, 2, Check.RETRY_EXC_ERR);
    Check.next(server, 1, Check.WR_FLUSH_ERR);
  }
}
