package io.kogluktualuk.rdma.software;

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
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// DiSNI's verbs calls, on this provider's objects.
///
/// **Threading:** any thread.
final class SoftwareVerbs extends RdmaVerbs {

  private final Host host;

  SoftwareVerbs(Host host) {
    this.host = host;
  }

  @Override
  public IbvPd allocPd(IbvContext context) throws IOException {
    return new SoftwareDomain(context, host.number());
  }

  @Override
  public IbvCompChannel createCompChannel(IbvContext context) throws IOException {
    return new SoftwareCompletionChannel(context, host.number(), host.nonce(), host.settings());
  }

  @Override
  public IbvCQ createCQ(IbvContext context, @Nullable IbvCompChannel channel, int size, int vector)
      throws IOException {
    return new SoftwareCompletionQueue(context, (SoftwareCompletionChannel) channel, size);
  }

  @Override
  public boolean getCqEvent(IbvCompChannel channel, IbvCQ queue, int timeoutMillis) {
    return ((SoftwareCompletionChannel) channel).await(timeoutMillis);
  }

  @Override
  public SVCRegMr regMr(IbvPd domain, ByteBuffer buffer, int access) throws IOException {
    if (!buffer.isDirect()) {
      throw new IOException("memory on the Java heap cannot be registered, it may move");
    }
    long address = MemorySegment.ofBuffer(buffer).address();
    return regMr(domain, address, buffer.remaining(), access, buffer);
  }

  @Override
  public SVCRegMr regMr(IbvPd domain, long address, int length, int access) throws IOException {
    return regMr(domain, address, length, access, null);
  }

  private SVCRegMr regMr(
      IbvPd domain, long address, int length, int access, @Nullable Object keepAlive)
      throws IOException {
    if (length < 0 || address == 0) {
      throw new IOException("cannot register " + length + " bytes at address " + address);
    }
    MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(length);
    return new RegisterCall(host.regions(), (SoftwareDomain) domain, memory, access, keepAlive);
  }

  @Override
  public int queryOdpSupport(IbvContext context) {
    return 0;
  }

  @Override
  public int expPrefetchMr(IbvMr region, long address, int length) throws IOException {
    throw new IOException("on-demand paging is not offered by the software provider");
  }

  @Override
  public SVCDeregMr deregMr(IbvMr region) {
    return new DeregisterCall(host.regions(), (SoftwareRegion) region);
  }

  @Override
  public SVCPostSend postSend(
      IbvQP queuePair, List<IbvSendWR> requests, @Nullable List<IbvSendWR> bad) throws IOException {
    return new PostSendCall((SoftwareQueuePair) queuePair, requests);
  }

  @Override
  public SVCPostRecv postRecv(
      IbvQP queuePair, List<IbvRecvWR> requests, @Nullable List<IbvRecvWR> bad) throws IOException {
    return new PostReceiveCall((SoftwareQueuePair) queuePair, requests);
  }

  @Override
  public SVCPollCq pollCQ(IbvCQ queue, IbvWC[] completions, int max) {
    return new PollCall((SoftwareCompletionQueue) queue, completions, max);
  }

  @Override
  public SVCReqNotify reqNotifyCQ(IbvCQ queue, boolean solicitedOnly) {
    return new NotifyCall((SoftwareCompletionQueue) queue, solicitedOnly);
  }

  @Override
  public int ackCqEvents(IbvCQ queue, int count) {
    return 0;
  }

  @Override
  public int destroyCompChannel(IbvCompChannel channel) {
    ((SoftwareCompletionChannel) channel).destroy();
    return 0;
  }

  @Override
  public int deallocPd(IbvPd domain) {
    domain.close();
    return 0;
  }

  @Override
  public int destroyCQ(IbvCQ queue) {
    ((SoftwareCompletionQueue) queue).destroy();
    return 0;
  }
}
