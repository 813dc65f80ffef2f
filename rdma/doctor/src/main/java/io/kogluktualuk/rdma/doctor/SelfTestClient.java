package io.kogluktualuk.rdma.doctor;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaEventChannel;
import io.kogluktualuk.rdma.provider.Verbs;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;

/// The active end of the self-test: one operation of each kind, every result looked at.
///
/// **Threading:** one thread.
final class SelfTestClient {

  private static final int BYTES = 4096;
  private static final int REMOTE_ACCESS_ERROR = 10;

  /// Differs in the part that adapters take as the key's index and in the part they take as its
  /// variant.
  private static final int WRONG_KEY = 0x00A5_005A;

  private final SelfTestEnd end;
  private final MemorySegment memory = Arena.global().allocate(BYTES, 64);
  private final IbvMr local;
  private long address;
  private int rkey;

  private SelfTestClient(SelfTestEnd end) throws IOException {
    this.end = end;
    this.local = end.register(memory, IbvMr.IBV_ACCESS_LOCAL_WRITE);
  }

  /// Runs all steps.
  ///
  /// @param patience how long each step may take
  /// @param onStep gets the name of each step that has succeeded
  /// @param onPath gets which way the data goes, and why, once connected
  static void run(
      InetSocketAddress server, Duration patience, Consumer<String> onPath, Consumer<String> onStep)
      throws IOException {
    RdmaEventChannel events = RdmaEventChannel.createEventChannel();
    RdmaCmId id = events.createId(RdmaCm.RDMA_PS_TCP);
    int millis = (int) patience.toMillis();
    id.resolveAddr(null, server, millis);
    SelfTestEnd.await(events, EventType.RDMA_CM_EVENT_ADDR_RESOLVED, patience);
    id.resolveRoute(millis);
    SelfTestEnd.await(events, EventType.RDMA_CM_EVENT_ROUTE_RESOLVED, patience);
    SelfTestClient client = new SelfTestClient(new SelfTestEnd(id, patience));
    // Before the connection, so that the answer cannot come too early.
    client.end.receive(client.local, SelfTestServer.ANSWER_BYTES);
    id.connect(SelfTestEnd.parameters());
    SelfTestEnd.await(events, EventType.RDMA_CM_EVENT_ESTABLISHED, patience);
    onPath.accept(Verbs.pathOf(id));
    onStep.accept("connect");
    client.greet();
    onStep.accept("SEND/RECV");
    client.read();
    onStep.accept("READ");
    client.write();
    onStep.accept("WRITE");
    client.add();
    onStep.accept("FETCH_ADD");
    client.readWithWrongKey();
    onStep.accept("wrong rkey refused");
  }

  private void greet() throws IOException {
    end.post(SelfTestEnd.request(IbvSendWR.IBV_WR_SEND, local, SelfTestServer.GREETING_BYTES));
    end.success();
    end.success();
    address = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
    rkey = memory.get(ValueLayout.JAVA_INT_UNALIGNED, 8);
  }

  private void fetch(long offset, int length) throws IOException {
    memory.fill((byte) 0);
    int opcode = IbvSendWR.IBV_WR_RDMA_READ;
    end.post(SelfTestEnd.request(opcode, local, length, address + offset, rkey));
    end.success();
  }

  private void read() throws IOException {
    fetch(0, BYTES);
    for (int i = 0; i < BYTES; i++) {
      expect(SelfTestServer.pattern(i), memory.get(ValueLayout.JAVA_BYTE, i), "byte " + i);
    }
  }

  private void write() throws IOException {
    for (int i = 0; i < BYTES; i++) {
      memory.set(ValueLayout.JAVA_BYTE, i, (byte) ~SelfTestServer.pattern(i));
    }
    long to = address + SelfTestServer.WRITE_OFFSET;
    end.post(SelfTestEnd.request(IbvSendWR.IBV_WR_RDMA_WRITE, local, BYTES, to, rkey));
    end.success();
    fetch(SelfTestServer.WRITE_OFFSET, BYTES);
    for (int i = 0; i < BYTES; i++) {
      byte written = (byte) ~SelfTestServer.pattern(i);
      expect(written, memory.get(ValueLayout.JAVA_BYTE, i), "written byte " + i);
    }
  }

  private void add() throws IOException {
    IbvSendWR request = SelfTestEnd.request(IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD, local, 8);
    request.getAtomic().setRemote_addr(address + SelfTestServer.COUNTER_OFFSET);
    request.getAtomic().setRkey(rkey);
    request.getAtomic().setCompare_add(2);
    end.post(request);
    end.success();
    long start = SelfTestServer.COUNTER_START;
    expect(start, memory.get(ValueLayout.JAVA_LONG, 0), "the counter before");
    fetch(SelfTestServer.COUNTER_OFFSET, 8);
    expect(start + 2, memory.get(ValueLayout.JAVA_LONG, 0), "the counter after");
  }

  private void readWithWrongKey() throws IOException {
    int opcode = IbvSendWR.IBV_WR_RDMA_READ;
    end.post(SelfTestEnd.request(opcode, local, 8, address, rkey ^ WRONG_KEY));
    int status = end.completion();
    if (status != REMOTE_ACCESS_ERROR) {
      throw new IOException(
          "a READ with a wrong rkey ended with completion status "
              + status
              + ", expected "
              + REMOTE_ACCESS_ERROR);
    }
  }

  private static void expect(long expected, long found, String what) throws IOException {
    if (expected != found) {
      throw new IOException(what + " is " + found + ", expected " + expected);
    }
  }
}
