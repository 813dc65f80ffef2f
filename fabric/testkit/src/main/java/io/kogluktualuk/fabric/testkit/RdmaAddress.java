package io.kogluktualuk.fabric.testkit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// Where tests of connections listen.
///
/// That is the loopback, unless the property `kog.rdma.address` names the address of an RDMA
/// device: loopback interfaces have none.
public final class RdmaAddress {

  private static final String PROPERTY = "kog.rdma.address";

  private RdmaAddress() {}

  public static InetAddress host() {
    String given = System.getProperty(PROPERTY, "");
    if (given.isEmpty()) {
      return InetAddress.getLoopbackAddress();
    }
    try {
      return InetAddress.getByName(given);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("-D" + PROPERTY + "=" + given + " is no address", e);
    }
  }

  public static InetSocketAddress anyPort() {
    return port(0);
  }

  public static InetSocketAddress port(int port) {
    return new InetSocketAddress(host(), port);
  }
}
