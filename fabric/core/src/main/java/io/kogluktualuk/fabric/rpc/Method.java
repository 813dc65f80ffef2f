package io.kogluktualuk.fabric.rpc;

import java.util.Objects;

/// Describes one control call: a number that never changes, a name for people, and its two codecs.
///
/// Numbers are unique within the fabric: every server 1–99, control plane 100–199, memory node
/// 200–299, compute node 300–399.
///
/// @param number the stable number on the wire, 1 to 65535
/// @param name for error messages and metrics, such as `memnode.reserve`
/// @param idempotent whether the transport may send the call again after a lost connection
public record Method<Q, R>(
    int number, String name, Codec<Q> request, Codec<R> response, boolean idempotent) {

  public Method {
    if (number < 1 || number > 0xFFFF) {
      throw new IllegalArgumentException("method number " + number + " is not in 1..65535");
    }
    Objects.requireNonNull(name);
    Objects.requireNonNull(request);
    Objects.requireNonNull(response);
  }
}
