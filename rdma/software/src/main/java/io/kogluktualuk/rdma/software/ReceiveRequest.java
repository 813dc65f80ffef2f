package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvRecvWR;
import com.ibm.disni.verbs.SVCPostRecv;
import java.io.IOException;

/// One work request of a receive queue. Its memory does not change once it is made.
record ReceiveRequest(long id, SendRequest.Piece[] pieces, long totalBytes)
    implements SVCPostRecv.RecvWRMod {

  static ReceiveRequest of(IbvRecvWR request) throws IOException {
    SendRequest.Piece[] pieces = SendRequest.pieces(request.getSg_list());
    long total = 0;
    for (SendRequest.Piece piece : pieces) {
      total += Integer.toUnsignedLong(piece.length);
    }
    return new ReceiveRequest(request.getWr_id(), pieces, total);
  }

  @Override
  public long getWr_id() {
    return id;
  }
}
