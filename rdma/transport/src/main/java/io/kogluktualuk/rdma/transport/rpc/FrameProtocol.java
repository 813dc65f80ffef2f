package io.kogluktualuk.rdma.transport.rpc;

import com.ibm.darpc.DaRPCProtocol;

/// Tells DaRPC how large messages get.
final class FrameProtocol implements DaRPCProtocol<Frame, Frame> {

  @Override
  public Frame createRequest() {
    return Frame.control(Frame.Kind.PING);
  }

  @Override
  public Frame createResponse() {
    return Frame.control(Frame.Kind.PONG);
  }
}
