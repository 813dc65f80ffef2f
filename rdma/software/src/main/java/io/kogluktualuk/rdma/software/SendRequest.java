package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.SVCPostSend;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One work request of a send queue, in the form that a reusable call keeps and changes.
///
/// **Threading:** one thread at a time, like the call it belongs to.
final class SendRequest implements SVCPostSend.SendWRMod, SVCPostSend.RdmaMod {

  static final int SGE_MAX = 4;

  int opcode;
  Piece[] pieces;
  int immediate;
  long compareAdd;
  long swap;
  long id;
  int flags;
  long remoteAddress;
  int rkey;
  private int reserved;
  private @Nullable MemorySegment inlined;

  /// A piece of local memory.
  static final class Piece implements SVCPostSend.SgeMod {
    long address;
    int length;
    int lkey;

    Piece(long address, int length, int lkey) {
      this.address = address;
      this.length = length;
      this.lkey = lkey;
    }

    @Override
    public void setAddr(long newAddress) {
      address = newAddress;
    }

    @Override
    public long getAddr() {
      return address;
    }

    @Override
    public void setLength(int newLength) {
      length = newLength;
    }

    @Override
    public int getLength() {
      return length;
    }

    @Override
    public void setLkey(int newLkey) {
      lkey = newLkey;
    }

    @Override
    public int getLkey() {
      return lkey;
    }
  }

  private SendRequest(int opcode, Piece[] pieces, int immediate, long compareAdd, long swap) {
    this.opcode = opcode;
    this.pieces = pieces;
    this.immediate = immediate;
    this.compareAdd = compareAdd;
    this.swap = swap;
  }

  static SendRequest of(IbvSendWR request) throws IOException {
    int opcode = request.getOpcode();
    boolean isAtomic =
        opcode == IbvSendWR.IBV_WR_ATOMIC_CMP_AND_SWP
            || opcode == IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD;
    if (opcode < IbvSendWR.IBV_WR_RDMA_WRITE || opcode > IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD) {
      throw new IOException("no send operation has opcode " + opcode);
    }
    var atomic = request.getAtomic();
    SendRequest made =
        new SendRequest(
            opcode,
            pieces(request.getSg_list()),
            request.getImm_data(),
            isAtomic ? atomic.getCompare_add() : 0,
            isAtomic ? atomic.getSwap() : 0);
    made.id = request.getWr_id();
    made.flags = request.getSend_flags();
    made.remoteAddress = isAtomic ? atomic.getRemote_addr() : request.getRdma().getRemote_addr();
    made.rkey = isAtomic ? atomic.getRkey() : request.getRdma().getRkey();
    return made;
  }

  static Piece[] pieces(List<IbvSge> list) throws IOException {
    if (list.size() > SGE_MAX) {
      throw new IOException(
          "a work request has " + list.size() + " scatter elements, at most " + SGE_MAX);
    }
    return list.stream()
        .map(sge -> new Piece(sge.getAddr(), sge.getLength(), sge.getLkey()))
        .toArray(Piece[]::new);
  }

  /// A request to be filled by [#set].
  static SendRequest slot() {
    return new SendRequest(IbvSendWR.IBV_WR_SEND, new Piece[0], 0, 0, 0);
  }

  /// Takes over what another request says: the caller may change that one as soon as it is posted.
  /// Allocates only when the number of pieces differs from that of the one before.
  void set(SendRequest other) {
    if (pieces.length != other.pieces.length) {
      pieces = new Piece[other.pieces.length];
      for (int i = 0; i < pieces.length; i++) {
        pieces[i] = new Piece(0, 0, 0);
      }
    }
    for (int i = 0; i < pieces.length; i++) {
      pieces[i].address = other.pieces[i].address;
      pieces[i].length = other.pieces[i].length;
      pieces[i].lkey = other.pieces[i].lkey;
    }
    opcode = other.opcode;
    immediate = other.immediate;
    compareAdd = other.compareAdd;
    swap = other.swap;
    id = other.id;
    flags = other.flags;
    remoteAddress = other.remoteAddress;
    rkey = other.rkey;
    if (isInline()) {
      takeInline();
    }
  }

  long totalBytes() {
    long total = 0;
    for (Piece piece : pieces) {
      total += Integer.toUnsignedLong(piece.length);
    }
    return total;
  }

  boolean isSignaled() {
    return (flags & 2) != 0;
  }

  boolean isFenced() {
    return (flags & 1) != 0;
  }

  /// The bytes are taken when it is posted, from memory that need not be registered.
  boolean isInline() {
    return (flags & 8) != 0
        && opcode != IbvSendWR.IBV_WR_RDMA_READ
        && opcode != IbvSendWR.IBV_WR_ATOMIC_CMP_AND_SWP
        && opcode != IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD;
  }

  /// The bytes of an inline request that is kept, or null.
  @Nullable MemorySegment inlined() {
    return isInline() ? inlined : null;
  }

  private void takeInline() {
    MemorySegment target = inlined;
    if (target == null || target.byteSize() < totalBytes()) {
      // The collector frees it with the queue; it is never registered.
      target = Arena.ofAuto().allocate(Math.max(64, totalBytes()));
      inlined = target;
    }
    long at = 0;
    for (Piece piece : pieces) {
      MemorySegment source = MemorySegment.ofAddress(piece.address).reinterpret(piece.length);
      MemorySegment.copy(source, 0, target, at, piece.length);
      at += piece.length;
    }
  }

  boolean isSolicited() {
    return (flags & 4) != 0;
  }

  boolean isMessage() {
    return opcode == IbvSendWR.IBV_WR_SEND || opcode == IbvSendWR.IBV_WR_SEND_WITH_IMM;
  }

  /// What the completion says was done.
  int completionOpcode() {
    return switch (opcode) {
      case IbvSendWR.IBV_WR_RDMA_WRITE, IbvSendWR.IBV_WR_RDMA_WRITE_WITH_IMM ->
          Status.OPCODE_RDMA_WRITE;
      case IbvSendWR.IBV_WR_RDMA_READ -> Status.OPCODE_RDMA_READ;
      case IbvSendWR.IBV_WR_ATOMIC_CMP_AND_SWP -> Status.OPCODE_COMP_SWAP;
      case IbvSendWR.IBV_WR_ATOMIC_FETCH_AND_ADD -> Status.OPCODE_FETCH_ADD;
      default -> Status.OPCODE_SEND;
    };
  }

  @Override
  public void setWr_id(long newId) {
    id = newId;
  }

  @Override
  public void setSend_flags(int newFlags) {
    flags = newFlags;
  }

  @Override
  public long getWr_id() {
    return id;
  }

  @Override
  public int getNum_sge() {
    return pieces.length;
  }

  @Override
  public int getOpcode() {
    return opcode;
  }

  @Override
  public int getSend_flags() {
    return flags;
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
    remoteAddress = address;
  }

  @Override
  public long getRemote_addr() {
    return remoteAddress;
  }

  @Override
  public void setRkey(int newRkey) {
    rkey = newRkey;
  }

  @Override
  public int getRkey() {
    return rkey;
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
