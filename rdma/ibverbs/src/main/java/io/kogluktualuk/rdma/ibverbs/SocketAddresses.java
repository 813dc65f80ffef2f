package io.kogluktualuk.rdma.ibverbs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Linux's `sockaddr_in` and `sockaddr_in6`.
final class SocketAddresses {

  private static final int BYTES = 28;
  private static final short IPV4 = 2;
  private static final short IPV6 = 10;
  private static final ValueLayout.OfShort FAMILY = ValueLayout.JAVA_SHORT;
  private static final ValueLayout.OfShort PORT =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int PORT_AT = 2;
  private static final int ADDRESS4_AT = 4;
  private static final int ADDRESS6_AT = 8;
  private static final int SCOPE_AT = 24;

  private SocketAddresses() {}

  /// Room for either kind, zeroed.
  static MemorySegment allocate(Arena arena) {
    return arena.allocate(BYTES, Long.BYTES);
  }

  /// @throws IOException when the address has not been resolved
  static MemorySegment layOut(Arena arena, InetSocketAddress address) throws IOException {
    InetAddress host = address.getAddress();
    if (host == null) {
      throw new IOException("cannot resolve " + address);
    }
    byte[] bytes = host.getAddress();
    MemorySegment place = allocate(arena);
    place.set(FAMILY, 0, host instanceof Inet6Address ? IPV6 : IPV4);
    place.set(PORT, PORT_AT, (short) address.getPort());
    int at = host instanceof Inet6Address ? ADDRESS6_AT : ADDRESS4_AT;
    MemorySegment.copy(bytes, 0, place, ValueLayout.JAVA_BYTE, at, bytes.length);
    if (host instanceof Inet6Address six) {
      place.set(ValueLayout.JAVA_INT, SCOPE_AT, six.getScopeId());
    }
    return place;
  }

  /// The address that was written there; null when it is of neither kind.
  static @Nullable InetSocketAddress read(MemorySegment place) {
    short family = place.get(FAMILY, 0);
    if (family != IPV4 && family != IPV6) {
      return null;
    }
    byte[] bytes = new byte[family == IPV4 ? 4 : 16];
    int at = family == IPV4 ? ADDRESS4_AT : ADDRESS6_AT;
    MemorySegment.copy(place, ValueLayout.JAVA_BYTE, at, bytes, 0, bytes.length);
    int port = Short.toUnsignedInt(place.get(PORT, PORT_AT));
    try {
      InetAddress host =
          family == IPV4
              ? InetAddress.getByAddress(bytes)
              : Inet6Address.getByAddress(null, bytes, place.get(ValueLayout.JAVA_INT, SCOPE_AT));
      return new InetSocketAddress(host, port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }
}
