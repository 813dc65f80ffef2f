package io.kogluktualuk.rdma.conformance;

import java.io.IOException;

/// Two connected ends in one process.
///
/// **Threading:** each end by one thread.
record Pair(Listening listening, VerbsEnd client, VerbsEnd server) implements AutoCloseable {

  static Pair connect() throws IOException {
    return connect(Shape.USUAL);
  }

  static Pair connect(Shape shape) throws IOException {
    return connect(shape, shape);
  }

  static Pair connect(Shape ofClient, Shape ofServer) throws IOException {
    Listening listening = Listening.open();
    VerbsEnd client = VerbsEnd.begin(listening.address(), ofClient);
    VerbsEnd server = listening.accept(client, ofServer);
    return new Pair(listening, client, server);
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
    listening.close();
  }
}
