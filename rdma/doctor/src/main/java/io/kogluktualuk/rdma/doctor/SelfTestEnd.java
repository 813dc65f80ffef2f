package io.kogluktualuk.rdma.doctor;

import com.ibm.disni.verbs.IbvCQ;
import com.ibm.disni.verbs.IbvCompChannel;
import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import com.ibm.disni.verbs.IbvRecvWR;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaConnParam;
import com.ibm.disni.verbs.RdmaEventChannel;
import com.ibm.disni.verbs.SVCPollCq;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedList;
import java.util.List;

/// One end of the self-test's connection: a queue pair and what it needs, over DiSNI's plain calls.
///
/// Nothing is torn down: the process ends with the test.
///
/// **Threading:** one thread.
final class SelfTestEnd {

  private static final int DEPTH = 8;

  final RdmaCmId id;
  private final Duration patience;
  private final IbvPd domain;
  private final IbvQP queuePair;
  private final IbvWC[] completions = {new IbvWC()};
  private final SVCPollCq poll;

  /// @param patience how long each completion may take
  SelfTestEnd(RdmaCmId id, Duration patience) throws IOException {
    this.id = id;
    this.patience = patience;
    this.domain = id.getVerbs().allocPd();
    IbvCompChannel channel = id.getVerbs().createCompChannel();
    IbvCQ queue = id.getVerbs().createCQ(channel, 4 * DEPTH, 0);
    IbvQPInitAttr attributes = new IbvQPInitAttr();
    attributes.cap().setMax_recv_wr(DEPTH);
    attributes.cap().setMax_send_wr(DEPTH);
    attributes.cap().setMax_recv_sge(1);
    attributes.cap().setMax_send_sge(1);
    attributes.setQp_type(IbvQP.IBV_QPT_RC);
    attributes.setRecv_cq(queue);
    attributes.setSend_cq(queue);
    this.queuePair = id.createQP(domain, attributes);
    this.poll = queue.poll(completions, 1);
  }

  static RdmaConnParam parameters() {
    RdmaConnParam parameters = new RdmaConnParam();
    parameters.setRnr_retry_count((byte) 7);
    return parameters;
  }

  static RdmaCmEvent await(RdmaEventChannel events, EventType wanted, Duration patience)
      throws IOException {
    RdmaCmEvent event = events.getCmEvent((int) patience.toMillis());
    if (event == null || event.getEvent() != wanted.ordinal()) {
      throw new IOException(
          "expected "
              + wanted
              + ", found "
              + (event == null ? "nothing" : EventType.values()[event.getEvent()]));
    }
    return event;
  }

  IbvMr register(MemorySegment memory, int rights) throws IOException {
    return domain.regMr(memory.address(), (int) memory.byteSize(), rights).execute().free().getMr();
  }

  private static LinkedList<IbvSge> piece(IbvMr region, int length) {
    IbvSge piece = new IbvSge();
    piece.setAddr(region.getAddr());
    piece.setLength(length);
    piece.setLkey(region.getLkey());
    return new LinkedList<>(List.of(piece));
  }

  /// A request whose local piece is the beginning of a region.
  static IbvSendWR request(int opcode, IbvMr local, int length) {
    IbvSendWR request = new IbvSendWR();
    request.setOpcode(opcode);
    request.setWr_id(1);
    request.setSend_flags(IbvSendWR.IBV_SEND_SIGNALED);
    request.setSg_list(piece(local, length));
    request.setNum_sge(1);
    return request;
  }

  /// A one-sided request.
  static IbvSendWR request(int opcode, IbvMr local, int length, long address, int rkey) {
    IbvSendWR request = request(opcode, local, length);
    request.getRdma().setRemote_addr(address);
    request.getRdma().setRkey(rkey);
    return request;
  }

  void receive(IbvMr local, int length) throws IOException {
    IbvRecvWR request = new IbvRecvWR();
    request.setWr_id(2);
    request.setSg_list(piece(local, length));
    request.setNum_sge(1);
    queuePair.postRecv(List.of(request), null).execute().free();
  }

  void post(IbvSendWR request) throws IOException {
    queuePair.postSend(List.of(request), null).execute().free();
  }

  /// The status of the next completion.
  int completion() throws IOException {
    long started = System.nanoTime();
    while (poll.execute().getPolls() == 0) {
      if (System.nanoTime() - started > patience.toNanos()) {
        throw new IOException("no completion within " + patience.toSeconds() + " s");
      }
      Thread.onSpinWait();
    }
    return completions[0].getStatus();
  }

  /// The next completion, which has to be a success.
  void success() throws IOException {
    int status = completion();
    if (status != 0) {
      throw new IOException("completion status " + status + ", expected 0");
    }
  }
}
