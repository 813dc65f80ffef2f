package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaConnParam;
import com.ibm.disni.verbs.RdmaEventChannel;
import com.ibm.disni.verbs.impl.NativeDispatcher;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// DiSNI's connection manager calls, over librdmacm.
///
/// **Threading:** any thread.
final class NativeCm extends RdmaCm {

  /// How long the connecting side may take to confirm what was accepted.
  private static final int ACCEPT_MILLIS = 10_000;

  /// What a request can carry besides the header of rdma_cm.
  private static final int PRIVATE_BYTES_MAX = 56;

  private final NativeDispatcher dispatcher;
  private final Contexts contexts;

  NativeCm(NativeDispatcher dispatcher, Contexts contexts) {
    this.dispatcher = dispatcher;
    this.contexts = contexts;
  }

  static NativeCmId own(RdmaCmId id) throws IOException {
    if (id instanceof NativeCmId own) {
      return own;
    }
    throw new IOException("an id of another provider: " + id);
  }

  @Override
  public RdmaEventChannel createEventChannel() throws IOException {
    return new NativeEventChannel(dispatcher._createEventChannel(), this);
  }

  @Override
  public RdmaCmId createId(RdmaEventChannel channel, short portSpace) throws IOException {
    NativeEventChannel events = (NativeEventChannel) channel;
    return adopt(events, dispatcher._createId(events.number(), portSpace));
  }

  /// The object for an id that the library has made.
  NativeCmId adopt(NativeEventChannel events, long number) throws IOException {
    NativeCmId id = new NativeCmId(number, events, dispatcher, contexts);
    events.onIdCreated(id);
    return id;
  }

  @Override
  public IbvQP createQP(RdmaCmId id, IbvPd domain, IbvQPInitAttr attributes) throws IOException {
    NativeCmId connection = own(id);
    NativeQueuePair queuePair =
        NativeQueuePair.create(dispatcher, connection, (NativeDomain) domain, attributes);
    connection.queuePair(queuePair);
    return queuePair;
  }

  @Override
  public void bindAddr(RdmaCmId id, SocketAddress address) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment laidOut = SocketAddresses.layOut(arena, (InetSocketAddress) address);
      dispatcher._bindAddr(own(id).number(), laidOut.address());
    }
  }

  @Override
  public void listen(RdmaCmId id, int backlog) throws IOException {
    dispatcher._listen(own(id).number(), backlog);
  }

  @Override
  public void resolveAddr(
      RdmaCmId id, @Nullable SocketAddress source, SocketAddress target, int timeoutMillis)
      throws IOException {
    NativeCmId connecting = own(id);
    try (Arena arena = Arena.ofConfined()) {
      long from =
          source == null ? 0 : SocketAddresses.layOut(arena, (InetSocketAddress) source).address();
      long to = SocketAddresses.layOut(arena, (InetSocketAddress) target).address();
      connecting.target((InetSocketAddress) target, timeoutMillis);
      dispatcher._resolveAddr(connecting.number(), from, to, timeoutMillis);
    }
  }

  @Override
  public void resolveRoute(RdmaCmId id, int timeoutMillis) throws IOException {
    dispatcher._resolveRoute(own(id).number(), timeoutMillis);
  }

  @Override
  public @Nullable RdmaCmEvent getCmEvent(RdmaEventChannel channel, int timeoutMillis)
      throws IOException {
    return ((NativeEventChannel) channel).await(timeoutMillis);
  }

  /// The time that was given for resolving the address is the time for the answer as well.
  @Override
  public void connect(RdmaCmId id, RdmaConnParam parameters) throws IOException {
    NativeCmId connecting = own(id);
    NativeEventChannel events = connecting.events();
    events.expect(connecting, connecting.timeoutMillis());
    try {
      establish(connecting, true, parameters);
    } catch (IOException e) {
      events.expectNoMore(connecting);
      throw e;
    }
  }

  @Override
  public void accept(RdmaCmId id, RdmaConnParam parameters) throws IOException {
    NativeCmId accepting = own(id);
    NativeEventChannel events = accepting.events();
    events.expect(accepting, ACCEPT_MILLIS);
    try {
      establish(accepting, false, parameters);
    } catch (IOException e) {
      events.expectNoMore(accepting);
      throw e;
    }
  }

  private static void establish(NativeCmId id, boolean isConnect, RdmaConnParam parameters)
      throws IOException {
    int privateBytes = Byte.toUnsignedInt(parameters.getPrivate_data_len());
    if (privateBytes > PRIVATE_BYTES_MAX) {
      throw new IOException(
          "a connection carries at most "
              + PRIVATE_BYTES_MAX
              + " bytes of private data, not "
              + privateBytes);
    }
    Natives.connect(
        id.number(),
        isConnect,
        Byte.toUnsignedInt(parameters.getResponder_resources()),
        Byte.toUnsignedInt(parameters.getInitiator_depth()),
        parameters.getRetry_count(),
        parameters.getRnr_retry_count(),
        parameters.getPrivate_data(),
        privateBytes);
  }

  /// The library has acknowledged the event already; this says that nobody acts on it any more.
  @Override
  public int ackCmEvent(RdmaCmEvent event) {
    if (event.getConnIdPriv() instanceof NativeCmId own) {
      own.events().onAcknowledged();
    }
    return 0;
  }

  @Override
  public int disconnect(RdmaCmId id) throws IOException {
    NativeCmId going = own(id);
    int result = dispatcher._disconnect(going.number());
    going.events().onDisconnected(going);
    return result;
  }

  @Override
  public int destroyEventChannel(RdmaEventChannel channel) {
    NativeEventChannel events = (NativeEventChannel) channel;
    events.close();
    return dispatcher._destroyEventChannel(events.number());
  }

  @Override
  public int destroyCmId(RdmaCmId id) throws IOException {
    NativeCmId going = own(id);
    if (!going.destroy()) {
      return 0;
    }
    int result = dispatcher._destroyCmId(going.number());
    going.events().onIdDestroyed(going);
    return result;
  }

  @Override
  public int destroyQP(RdmaCmId id) throws IOException {
    return own(id).destroyQueuePair();
  }

  @Override
  public SocketAddress getSrcAddr(RdmaCmId id) throws IOException {
    return own(id).source();
  }

  @Override
  public SocketAddress getDstAddr(RdmaCmId id) throws IOException {
    return own(id).destination();
  }

  @Override
  public int destroyEp(RdmaCmId id) throws IOException {
    return destroyCmId(id);
  }
}
