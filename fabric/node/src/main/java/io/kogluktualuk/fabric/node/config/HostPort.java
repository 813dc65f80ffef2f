package io.kogluktualuk.fabric.node.config;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A host and a port as a file names them: not resolved, so that reading a file asks no name
/// server.
///
/// @param port 1 to 65535
public record HostPort(String host, int port) {

  private static final Pattern TEXT =
      Pattern.compile(
          "([A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}])"
              + ":([0-9]{1,5})");

  static final int PORT_MAX = 0xFFFF;

  public HostPort {
    if (port < 1 || port > PORT_MAX) {
      throw new InvalidArgument("port " + port + " is not in 1.." + PORT_MAX);
    }
  }

  /// Reads `host:port`; an IPv6 address stands in brackets.
  static HostPort parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new InvalidArgument("'" + text + "' is not host:port");
    }
    return new HostPort(matcher.group(1), Integer.parseInt(matcher.group(2)));
  }

  /// Looks the host up, now.
  public InetSocketAddress resolve() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
