package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.SVCPostSend;
import java.io.IOException;

/// One work request of a send queue, which the caller may change between posts; changes go straight
/// into the memory that is posted.
///
/// **Threading:** one thread at a time, like the call it belongs to.
final class SendRequest implements SVCPostSend.SendWRMod, SVCPostSend.RdmaMod {

  private final WorkRequests requests;
  private final long at;
  private final boolean isAtomic;
  private final WorkRequests.Piece[] pieces;
  private int reserved;

  SendRequest(WorkRequests requests, int index, IbvSendWR request) throws IOException {
    int opcode = request.getOpcode();
    if (opcode < IbvSendWR.IBV_WR_RDMA_WRITE || opcode > IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD) {
      throw new IOException("no send operation has opcode " + opcode);
    }
    this.requests = requests;
    this.at = requests.at(index);
    this.isAtomic =
        opcode == IbvSendWR.IBV_WR_ATOMIC_CMP_AND_SWP
            || opcode == IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD;
    this.pieces = requests.pieces(index, request.getSg_list());
    requests.set(at + Layout.SEND_ID, request.getWr_id());
    requests.set(at + Layout.SEND_OPCODE, opcode);
    requests.set(at + Layout.SEND_FLAGS, request.getSend_flags());
    requests.set(at + Layout.SEND_IMMEDIATE, NetworkOrder.of(request.getImm_data()));
    if (isAtomic) {
      var atomic = request.getAtomic();
      setRemote_addr(atomic.getRemote_addr());
      setRkey(atomic.getRkey());
      requests.set(at + Layout.ATOMIC_COMPARE_ADD, atomic.getCompare_add());
      requests.set(at + Layout.ATOMIC_SWAP, atomic.getSwap());
    } else {
      setRemote_addr(request.getRdma().getRemote_addr());
      setRkey(request.getRdma().getRkey());
    }
  }

  @Override
  public void setWr_id(long id) {
    requests.set(at + Layout.SEND_ID, id);
  }

  @Override
  public void setSend_flags(int flags) {
    requests.set(at + Layout.SEND_FLAGS, flags);
  }

  @Override
  public long getWr_id() {
    return requests.getLong(at + Layout.SEND_ID);
  }

  @Override
  public int getNum_sge() {
    return pieces.length;
  }

  @Override
  public int getOpcode() {
    return requests.getInt(at + Layout.SEND_OPCODE);
  }

  @Override
  public int getSend_flags() {
    return requests.getInt(at + Layout.SEND_FLAGS);
  }

  @Override
  public SVCPostSend.RdmaMod getRdmaMod() {
    return this;
  }

  @Override
  public SVCPostSend.SgeMod getSgeMod(int index) {
    return pieces[index];
  }

  @Override
  public void setRemote_addr(long address) {
    requests.set(at + (isAtomic ? Layout.ATOMIC_ADDRESS : Layout.RDMA_ADDRESS), address);
  }

  @Override
  public long getRemote_addr() {
    return requests.getLong(at + (isAtomic ? Layout.ATOMIC_ADDRESS : Layout.RDMA_ADDRESS));
  }

  @Override
  public void setRkey(int key) {
    requests.set(at + (isAtomic ? Layout.ATOMIC_KEY : Layout.RDMA_KEY), key);
  }

  @Override
  public int getRkey() {
    return requests.getInt(at + (isAtomic ? Layout.ATOMIC_KEY : Layout.RDMA_KEY));
  }

  @Override
  public void setReserved(int value) {
    reserved = value;
  }

  @Override
  public int getReserved() {
    return reserved;
  }
}
