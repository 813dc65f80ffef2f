package io.kogluktualuk.rdma.ibverbs;

import java.nio.ByteOrder;

/// Immediate data: on the wire, and so in libibverbs' structures, in network byte order.
final class NetworkOrder {

  private static final boolean IS_SWAPPED = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private NetworkOrder() {}

  /// From the host's order, or back.
  static int of(int value) {
    return IS_SWAPPED ? Integer.reverseBytes(value) : value;
  }
}
