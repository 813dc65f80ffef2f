package io.kogluktualuk.rdma.conformance;

import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import com.ibm.disni.verbs.RdmaCmId;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.rdma.provider.Verbs;
import java.io.IOException;
import java.net.InetSocketAddress;

/// A listening id.
///
/// **Threading:** one thread, which also awaits the events of the ends that it accepts.
record Listening(CmEvents events, RdmaCmId id) implements AutoCloseable {

  private static final int BACKLOG = 256;

  static Listening open() throws IOException {
    return open(RdmaAddress.anyPort());
  }

  static Listening open(InetSocketAddress address) throws IOException {
    Verbs.install();
    CmEvents events = CmEvents.create();
    RdmaCmId id = events.channel.createId(RdmaCm.RDMA_PS_TCP);
    try {
      id.bindAddr(address);
      id.listen(BACKLOG);
    } catch (IOException e) {
      id.destroyId();
      events.channel.destroyEventChannel();
      throw e;
    }
    return new Listening(events, id);
  }

  InetSocketAddress address() throws IOException {
    return (InetSocketAddress) id.getSource();
  }

  /// The next request, as an end that is not accepted yet.
  VerbsEnd request(Shape shape) throws IOException {
    RdmaCmId connection = events.await(id, EventType.RDMA_CM_EVENT_CONNECT_REQUEST).connection();
    return new VerbsEnd(events, connection, shape, false);
  }

  /// Accepts an end of another process.
  VerbsEnd accept(Shape shape) throws IOException {
    VerbsEnd end = request(shape);
    end.id.accept(shape.parameters());
    end.await(EventType.RDMA_CM_EVENT_ESTABLISHED);
    return end;
  }

  /// Accepts an end of this process; each takes its events in turn, see
  /// [Differences#HANDSHAKE].
  VerbsEnd accept(VerbsEnd client, Shape shape) throws IOException {
    VerbsEnd end = request(shape);
    end.id.accept(shape.parameters());
    client.await(EventType.RDMA_CM_EVENT_ESTABLISHED);
    end.await(EventType.RDMA_CM_EVENT_ESTABLISHED);
    VerbsEnd.join(client, end);
    return end;
  }

  @Override
  public void close() throws IOException {
    id.destroyId();
    events.channel.destroyEventChannel();
  }
}
