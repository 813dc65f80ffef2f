package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvCQ;
import com.ibm.disni.verbs.IbvCompChannel;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvRecvWR;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.RdmaVerbs;
import com.ibm.disni.verbs.SVCDeregMr;
import com.ibm.disni.verbs.SVCPollCq;
import com.ibm.disni.verbs.SVCPostRecv;
import com.ibm.disni.verbs.SVCPostSend;
import com.ibm.disni.verbs.SVCRegMr;
import com.ibm.disni.verbs.SVCReqNotify;
import com.ibm.disni.verbs.impl.NativeDispatcher;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// DiSNI's verbs calls, over libibverbs.
///
/// **Threading:** any thread.
final class NativeVerbs extends RdmaVerbs {

  private final NativeDispatcher dispatcher;

  NativeVerbs(NativeDispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  @Override
  public IbvPd allocPd(IbvContext context) throws IOException {
    NativeContext device = (NativeContext) context;
    return new NativeDomain(dispatcher._allocPd(device.number()), device, dispatcher);
  }

  @Override
  public IbvCompChannel createCompChannel(IbvContext context) throws IOException {
    NativeContext device = (NativeContext) context;
    return new NativeCompletionChannel(dispatcher._createCompChannel(device.number()), device);
  }

  @Override
  public IbvCQ createCQ(IbvContext context, @Nullable IbvCompChannel channel, int size, int vector)
      throws IOException {
    NativeContext device = (NativeContext) context;
    long channelNumber = channel == null ? 0 : ((NativeCompletionChannel) channel).number();
    long number = dispatcher._createCQ(device.number(), channelNumber, size, vector);
    return new NativeCompletionQueue(number, device, channel, size);
  }

  @Override
  public boolean getCqEvent(IbvCompChannel channel, IbvCQ queue, int timeoutMillis)
      throws IOException {
    return ((NativeCompletionChannel) channel).await(dispatcher, timeoutMillis);
  }

  @Override
  public SVCRegMr regMr(IbvPd domain, ByteBuffer buffer, int access) throws IOException {
    if (!buffer.isDirect()) {
      throw new IOException("memory on the Java heap cannot be registered, it may move");
    }
    long address = MemorySegment.ofBuffer(buffer).address();
    return new RegisterCall(
        dispatcher, (NativeDomain) domain, address, buffer.remaining(), access, buffer);
  }

  @Override
  public SVCRegMr regMr(IbvPd domain, long address, int length, int access) throws IOException {
    if (length < 0 || address == 0) {
      throw new IOException("cannot register " + length + " bytes at address " + address);
    }
    return new RegisterCall(dispatcher, (NativeDomain) domain, address, length, access, null);
  }

  @Override
  public int queryOdpSupport(IbvContext context) {
    return dispatcher._queryOdpSupport(((NativeContext) context).number());
  }

  @Override
  public int expPrefetchMr(IbvMr region, long address, int length) throws IOException {
    return dispatcher._expPrefetchMr(((NativeRegion) region).number(), address, length);
  }

  @Override
  public SVCDeregMr deregMr(IbvMr region) {
    return new DeregisterCall(dispatcher, (NativeRegion) region);
  }

  @Override
  public SVCPostSend postSend(
      IbvQP queuePair, List<IbvSendWR> requests, @Nullable List<IbvSendWR> bad) throws IOException {
    return new SendCall(dispatcher, (NativeQueuePair) queuePair, requests);
  }

  @Override
  public SVCPostRecv postRecv(
      IbvQP queuePair, List<IbvRecvWR> requests, @Nullable List<IbvRecvWR> bad) throws IOException {
    return new ReceiveCall(dispatcher, (NativeQueuePair) queuePair, requests);
  }

  @Override
  public SVCPollCq pollCQ(IbvCQ queue, IbvWC[] completions, int max) {
    return new PollCall(dispatcher, (NativeCompletionQueue) queue, completions, max);
  }

  @Override
  public SVCReqNotify reqNotifyCQ(IbvCQ queue, boolean solicitedOnly) {
    return new NotifyCall(dispatcher, (NativeCompletionQueue) queue, solicitedOnly);
  }

  /// The library has acknowledged them already.
  @Override
  public int ackCqEvents(IbvCQ queue, int count) {
    return 0;
  }

  @Override
  public int destroyCompChannel(IbvCompChannel channel) {
    channel.close();
    return dispatcher._destroyCompChannel(((NativeCompletionChannel) channel).number());
  }

  @Override
  public int deallocPd(IbvPd domain) {
    domain.close();
    return dispatcher._deallocPd(((NativeDomain) domain).number());
  }

  @Override
  public int destroyCQ(IbvCQ queue) {
    queue.close();
    return dispatcher._destroyCQ(((NativeCompletionQueue) queue).number());
  }
}
