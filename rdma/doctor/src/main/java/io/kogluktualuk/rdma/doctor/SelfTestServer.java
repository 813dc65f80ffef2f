package io.kogluktualuk.rdma.doctor;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaEventChannel;
import io.kogluktualuk.rdma.verbs.FileMapping;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/// The passive end of the self-test: publishes a region, answers one message with where it is, and
/// takes no part in anything that follows.
///
/// **Threading:** one thread.
final class SelfTestServer {

  /// The published region: a pattern to READ, a part to WRITE to, a counter.
  static final int REGION_BYTES = 1 << 16;

  static final int WRITE_OFFSET = 1 << 15;
  static final int COUNTER_OFFSET = REGION_BYTES - 64;
  static final long COUNTER_START = 40;

  /// The answer: address (8 bytes), rkey (4 bytes).
  static final int ANSWER_BYTES = 12;

  static final int GREETING_BYTES = 16;

  private SelfTestServer() {}

  /// What byte `index` of the region holds.
  static byte pattern(int index) {
    return (byte) (index * 31 + 7);
  }

  /// Serves one peer.
  ///
  /// @param patience how long each step may take; the first is the start of the other process
  /// @param onPort gets the port, once it listens
  static void serve(InetAddress address, Duration patience, Consumer<Integer> onPort)
      throws IOException {
    RdmaEventChannel events = RdmaEventChannel.createEventChannel();
    RdmaCmId listening = events.createId(RdmaCm.RDMA_PS_TCP);
    listening.bindAddr(new InetSocketAddress(address, 0));
    listening.listen(1);
    onPort.accept(((InetSocketAddress) listening.getSource()).getPort());
    RdmaCmId asked =
        SelfTestEnd.await(events, EventType.RDMA_CM_EVENT_CONNECT_REQUEST, patience)
            .getConnIdPriv();
    SelfTestEnd end = new SelfTestEnd(asked, patience);
    MemorySegment message = Arena.global().allocate(64, 64);
    IbvMr messages = end.register(message, IbvMr.IBV_ACCESS_LOCAL_WRITE);
    IbvMr region = publish(end);
    end.receive(messages, GREETING_BYTES);
    end.id.accept(SelfTestEnd.parameters());
    SelfTestEnd.await(events, EventType.RDMA_CM_EVENT_ESTABLISHED, patience);
    end.success();
    message.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, region.getAddr());
    message.set(ValueLayout.JAVA_INT_UNALIGNED, 8, region.getRkey());
    end.post(SelfTestEnd.request(IbvSendWR.IBV_WR_SEND, messages, ANSWER_BYTES));
    end.success();
  }

  /// In a file, so that a peer may map it; in memory, so that an adapter may lock it.
  private static IbvMr publish(SelfTestEnd end) throws IOException {
    Path shm = Path.of("/dev/shm");
    Path folder = Files.isWritable(shm) ? shm : Path.of(System.getProperty("java.io.tmpdir"));
    Path file = Files.createTempFile(folder, "kog-doctor-", ".region");
    file.toFile().deleteOnExit();
    byte[] content = new byte[REGION_BYTES];
    for (int i = 0; i < content.length; i++) {
      content[i] = pattern(i);
    }
    Files.write(file, content);
    MemorySegment region = FileMapping.open(file, 0, REGION_BYTES).segment();
    region.set(ValueLayout.JAVA_LONG_UNALIGNED, COUNTER_OFFSET, COUNTER_START);
    return end.register(
        region,
        IbvMr.IBV_ACCESS_LOCAL_WRITE
            | IbvMr.IBV_ACCESS_REMOTE_READ
            | IbvMr.IBV_ACCESS_REMOTE_WRITE
            | IbvMr.IBV_ACCESS_REMOTE_ATOMIC);
  }
}
