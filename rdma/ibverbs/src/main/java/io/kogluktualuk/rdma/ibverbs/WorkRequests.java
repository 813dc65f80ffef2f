package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.SVCPostSend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// A linked list of work requests as libibverbs reads it: the requests one after the other, then
/// their pieces.
///
/// The memory lives as long as this object; the garbage collector frees it.
///
/// **Threading:** one thread at a time.
final class WorkRequests {

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  final MemorySegment memory;
  private final int requestBytes;
  private final int nextAt;
  private final int listAt;
  private final int countAt;
  private long firstFreePiece;

  private WorkRequests(
      int requests, int pieces, int requestBytes, int nextAt, int listAt, int countAt) {
    this.requestBytes = requestBytes;
    this.nextAt = nextAt;
    this.listAt = listAt;
    this.countAt = countAt;
    this.firstFreePiece = (long) requests * requestBytes;
    this.memory =
        Arena.ofAuto().allocate(firstFreePiece + (long) pieces * Layout.PIECE, Long.BYTES);
    for (int i = 0; i + 1 < requests; i++) {
      memory.set(LONG, at(i) + nextAt, memory.address() + at(i + 1));
    }
  }

  static WorkRequests sends(int requests, int pieces) {
    return new WorkRequests(
        requests, pieces, Layout.SEND, Layout.SEND_NEXT, Layout.SEND_LIST, Layout.SEND_PIECES);
  }

  static WorkRequests receives(int requests, int pieces) {
    return new WorkRequests(
        requests,
        pieces,
        Layout.RECEIVE,
        Layout.RECEIVE_NEXT,
        Layout.RECEIVE_LIST,
        Layout.RECEIVE_PIECES);
  }

  /// Where a request begins.
  long at(int index) {
    return (long) index * requestBytes;
  }

  void set(long at, int value) {
    memory.set(INT, at, value);
  }

  void set(long at, long value) {
    memory.set(LONG, at, value);
  }

  int getInt(long at) {
    return memory.get(INT, at);
  }

  long getLong(long at) {
    return memory.get(LONG, at);
  }

  /// Gives a request its pieces; once per request.
  Piece[] pieces(int index, List<IbvSge> list) {
    if (!list.isEmpty()) {
      set(at(index) + listAt, memory.address() + firstFreePiece);
    }
    set(at(index) + countAt, list.size());
    Piece[] made = new Piece[list.size()];
    int i = 0;
    for (IbvSge sge : list) {
      Piece piece = new Piece(this, firstFreePiece);
      firstFreePiece += Layout.PIECE;
      piece.setAddr(sge.getAddr());
      piece.setLength(sge.getLength());
      piece.setLkey(sge.getLkey());
      made[i++] = piece;
    }
    return made;
  }

  /// A piece of local memory.
  record Piece(WorkRequests requests, long at) implements SVCPostSend.SgeMod {

    @Override
    public void setAddr(long address) {
      requests.set(at + Layout.PIECE_ADDRESS, address);
    }

    @Override
    public long getAddr() {
      return requests.getLong(at + Layout.PIECE_ADDRESS);
    }

    @Override
    public void setLength(int length) {
      requests.set(at + Layout.PIECE_LENGTH, length);
    }

    @Override
    public int getLength() {
      return requests.getInt(at + Layout.PIECE_LENGTH);
    }

    @Override
    public void setLkey(int key) {
      requests.set(at + Layout.PIECE_KEY, key);
    }

    @Override
    public int getLkey() {
      return requests.getInt(at + Layout.PIECE_KEY);
    }
  }
}
