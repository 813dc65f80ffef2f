package io.kogluktualuk.rdma.software;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A listening socket of the JDK.
///
/// **Threading:** the reactor's thread, except for opening and closing.
final class NioPort implements Loop.Port, Reactor.Handler {

  private static final Logger LOG = LoggerFactory.getLogger(NioPort.class);

  private final Reactor reactor;
  private final ServerSocketChannel socket;
  private final Loop.Acceptor acceptor;
  private final InetSocketAddress address;

  private NioPort(Reactor reactor, ServerSocketChannel socket, Loop.Acceptor acceptor)
      throws IOException {
    this.reactor = reactor;
    this.socket = socket;
    this.acceptor = acceptor;
    this.address = (InetSocketAddress) socket.getLocalAddress();
  }

  static NioPort open(
      Reactor reactor, InetSocketAddress address, int backlog, Loop.Acceptor acceptor)
      throws IOException {
    ServerSocketChannel socket = ServerSocketChannel.open();
    try {
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      socket.bind(address, backlog);
      socket.configureBlocking(false);
      NioPort port = new NioPort(reactor, socket, acceptor);
      reactor.register(socket, SelectionKey.OP_ACCEPT, port);
      return port;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void onReady(SelectionKey key) throws IOException {
    SocketChannel accepted = socket.accept();
    if (accepted != null) {
      acceptor.onAccepted(NioSocket.accepted(reactor, accepted));
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.warn("{}: cannot close the listening socket", address, e);
    }
    reactor.releaseAndWait();
  }
}
