package io.kogluktualuk.rdma.transport.rpc;

import com.ibm.darpc.DaRPCMessage;
import io.kogluktualuk.rdma.transport.credit.TakenCount;
import java.nio.ByteBuffer;

/// A frame on its way out; the count of taken messages is read when the bytes are written.
///
/// **Threading:** one thread.
record CountedFrame(Frame frame, TakenCount taken) implements DaRPCMessage {

  @Override
  public int write(ByteBuffer buffer) {
    return frame.write(buffer, taken.say());
  }

  @Override
  public void update(ByteBuffer buffer) {
    throw new UnsupportedOperationException("an outgoing frame is not read");
  }

  @Override
  public int size() {
    return Frame.BYTES_MAX;
  }
}
