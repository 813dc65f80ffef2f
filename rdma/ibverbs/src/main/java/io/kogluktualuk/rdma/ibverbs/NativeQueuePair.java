package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import com.ibm.disni.verbs.impl.NativeDispatcher;
import java.io.IOException;

/// A queue pair.
///
/// **Threading:** any thread.
final class NativeQueuePair extends IbvQP {

  /// What DiSNI's own provider gives to those who do not ask, as DaRPC does not.
  private static final int PIECES = 4;

  private final long number;
  private final int sendPieces;
  private final int receivePieces;

  private NativeQueuePair(
      long number,
      int queuePairNumber,
      NativeDomain domain,
      IbvQPInitAttr attributes,
      int sendPieces,
      int receivePieces)
      throws IOException {
    super(queuePairNumber);
    this.number = number;
    this.sendPieces = sendPieces;
    this.receivePieces = receivePieces;
    this.context = domain.getContext();
    this.pd = domain;
    this.qp_type = attributes.getQp_type();
    this.send_cq = attributes.getSend_cq();
    this.recv_cq = attributes.getRecv_cq();
  }

  static NativeQueuePair create(
      NativeDispatcher dispatcher, NativeCmId id, NativeDomain domain, IbvQPInitAttr attributes)
      throws IOException {
    int sendPieces = orStandard(attributes.cap().getMax_send_sge());
    int receivePieces = orStandard(attributes.cap().getMax_recv_sge());
    int[] caps = {
      attributes.cap().getMax_send_wr(),
      attributes.cap().getMax_recv_wr(),
      sendPieces,
      receivePieces,
      attributes.cap().getMax_inline_data()
    };
    for (int cap : caps) {
      if (cap < 0) {
        throw new IOException("a queue pair cannot have " + cap + " of anything");
      }
    }
    long number =
        Natives.createQueuePair(
            id.number(),
            domain.number(),
            ((NativeCompletionQueue) attributes.getSend_cq()).number(),
            ((NativeCompletionQueue) attributes.getRecv_cq()).number(),
            attributes.getQp_type(),
            attributes.getSq_sig_all() != 0,
            caps);
    return new NativeQueuePair(
        number, dispatcher._getQpNum(number), domain, attributes, sendPieces, receivePieces);
  }

  private static int orStandard(int pieces) {
    return pieces == 0 ? PIECES : pieces;
  }

  long number() {
    return number;
  }

  /// The device may allow more than was asked for; the same program must not depend on it.
  void checkPieces(int count, boolean isSend) throws IOException {
    int max = isSend ? sendPieces : receivePieces;
    if (count > max) {
      throw new IOException(
          "a work request has "
              + count
              + " scatter elements, this queue pair was made for at most "
              + max);
    }
  }
}
