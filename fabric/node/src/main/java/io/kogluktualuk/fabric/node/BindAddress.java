package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.stream.Collectors;

/// An address of this host that servers listen on and tell others.
///
/// Nodes are members under the address they listen on, so it has to be one that others can reach:
/// the wildcard is none. With an adapter, the address also says which one: that of its network
/// device.
///
/// **Threading:** stateless.
public final class BindAddress {

  private BindAddress() {}

  /// The address that a text names, in numbers.
  ///
  /// @param text an address, or a name that resolves to one
  /// @throws InvalidArgument when it names none, or one that this host does not have; says which it
  ///     has
  public static String parse(String text) {
    InetAddress address = resolve(text);
    if (address.isAnyLocalAddress()) {
      throw new InvalidArgument(
          "cannot listen on '"
              + text
              + "': nodes tell others their address, so expected one of "
              + here());
    }
    if (!isHere(address)) {
      throw new InvalidArgument(
          "cannot listen on '"
              + text
              + "': "
              + address.getHostAddress()
              + " is not an address of this host, expected one of "
              + here());
    }
    return address.getHostAddress();
  }

  private static InetAddress resolve(String text) {
    try {
      if (text.isBlank()) { // would be taken for the loopback address
        throw new InvalidArgument("cannot listen on '': expected one of " + here());
      }
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new InvalidArgument(
          "cannot listen on '" + text + "': neither an address nor a name that is known here", e);
    }
  }

  private static boolean isHere(InetAddress address) {
    try {
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      throw new Unavailable("the network devices of this host cannot be listed: " + e, e);
    }
  }

  /// For messages: the IPv4 addresses of this host, the shortest list that helps.
  private static String here() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(Inet4Address.class::isInstance)
          .map(InetAddress::getHostAddress)
          .distinct()
          .sorted()
          .collect(Collectors.joining(", "));
    } catch (SocketException e) {
      return "this host's addresses";
    }
  }
}
