package io.kogluktualuk.rdma.conformance;

import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import com.ibm.disni.verbs.RdmaConnParam;
import java.io.IOException;

/// What a queue pair of a test is made with.
///
/// @param sends how many send requests may be posted
/// @param receives how many RECVs may be posted
/// @param completions the completion queue's capacity
/// @param inlineBytes how many bytes a request may carry inline
/// @param rnrRetries how often a message is tried again when the peer has no RECV; 7 is for ever
/// @param signalsAll whether every request completes with a completion
/// @param connectMillis how long connecting may take, before patience
record Shape(
    int sends,
    int receives,
    int completions,
    int inlineBytes,
    int rnrRetries,
    boolean signalsAll,
    int connectMillis) {

  static final Shape USUAL = new Shape(64, 64, 256, 0, 7, false, 5_000);

  /// Retries after a lost acknowledgement: two, or a NIC takes most of a minute to give up.
  private static final byte RETRIES = 2;

  Shape depth(int newSends, int newReceives) {
    return new Shape(
        newSends, newReceives, completions, inlineBytes, rnrRetries, signalsAll, connectMillis);
  }

  Shape completions(int capacity) {
    return new Shape(sends, receives, capacity, inlineBytes, rnrRetries, signalsAll, connectMillis);
  }

  Shape inline(int bytes) {
    return new Shape(sends, receives, completions, bytes, rnrRetries, signalsAll, connectMillis);
  }

  Shape rnrRetries(int retries) {
    return new Shape(sends, receives, completions, inlineBytes, retries, signalsAll, connectMillis);
  }

  Shape signalingAll() {
    return new Shape(sends, receives, completions, inlineBytes, rnrRetries, true, connectMillis);
  }

  Shape connectMillis(int millis) {
    return new Shape(sends, receives, completions, inlineBytes, rnrRetries, signalsAll, millis);
  }

  IbvQPInitAttr attributes() {
    IbvQPInitAttr attributes = new IbvQPInitAttr();
    attributes.cap().setMax_recv_wr(receives);
    attributes.cap().setMax_send_wr(sends);
    attributes.cap().setMax_recv_sge(4);
    attributes.cap().setMax_send_sge(4);
    attributes.cap().setMax_inline_data(inlineBytes);
    attributes.setSq_sig_all((byte) (signalsAll ? 1 : 0));
    attributes.setQp_type(IbvQP.IBV_QPT_RC);
    return attributes;
  }

  RdmaConnParam parameters() throws IOException {
    RdmaConnParam parameters = new RdmaConnParam();
    parameters.setRetry_count(RETRIES);
    parameters.setRnr_retry_count((byte) rnrRetries);
    return parameters;
  }
}
