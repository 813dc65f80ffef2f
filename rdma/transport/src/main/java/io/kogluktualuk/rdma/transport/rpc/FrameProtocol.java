package io.kogluktualuk.rdma.transport.rpc;

import com.ibm.darpc.DaRPCProtocol;

/// Tells DaRPC how large messages get.
final class FrameProtocol implements DaRPCProtocol<Frame, Frame> {

  @Override
  public Frame createRequest() {
    return new Frame();
  }

  @Override
  public Frame createResponse() {
    return new Frame();
  }
}
