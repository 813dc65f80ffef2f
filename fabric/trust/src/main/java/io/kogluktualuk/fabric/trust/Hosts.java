package io.kogluktualuk.fabric.trust;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether a certificate is for the host that was called.
///
/// **Threading:** stateless. Looks no name up.
final class Hosts {

  private Hosts() {}

  /// Whether this is an IP address and no name.
  static boolean isAddress(String host) {
    return parsed(host) != null;
  }

  private static @Nullable InetAddress parsed(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /// Whether one of the certificate's hosts is the one that was called, by name or by address.
  static boolean isAmong(List<String> hosts, InetSocketAddress called) {
    InetAddress address = called.getAddress();
    for (String host : hosts) {
      InetAddress literal = parsed(host);
      if (literal == null
          ? host.equalsIgnoreCase(called.getHostString())
          : literal.equals(address)) {
        return true;
      }
    }
    return false;
  }
}
