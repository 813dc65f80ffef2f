package io.kogluktualuk.rdma.software;

import io.kogluktualuk.fabric.fault.Refused;
import org.jspecify.annotations.Nullable;

/// Where the data of two processes can meet, as the passive side finds out from a
/// [CmMessage.Hello].
///
/// Two processes may run on one kernel and still not reach each other's memory: another user,
/// another PID namespace, another container. Whether they do is tried, not guessed.
///
/// @param link the memory that both have in common; null for TCP
/// @param reason why this path
record Meeting(@Nullable Link link, String reason) {

  /// @throws Refused when one side insists on shared memory that cannot be had
  static Meeting of(Host host, CmMessage.Hello hello) {
    Meeting meeting = tryAll(host, hello);
    boolean mustShare =
        host.settings().paths() == PathChoice.SHARED || hello.path() == PathChoice.SHARED;
    if (meeting.link == null && mustShare) {
      String whose = hello.path() == PathChoice.SHARED ? "asked for" : "served";
      throw new Refused("only shared memory is " + whose + ", but " + meeting.reason);
    }
    return meeting;
  }

  private static Meeting tryAll(Host host, CmMessage.Hello hello) {
    if (host.settings().paths() == PathChoice.TCP) {
      return new Meeting(null, "the passive side is set to TCP");
    }
    if (hello.path() == PathChoice.TCP) {
      return new Meeting(null, "the active side is set to TCP");
    }
    if (!hello.host().equals(host.kernel())) {
      return new Meeting(null, "the peer runs on another host");
    }
    try {
      Link link = Link.open(hello.link().token(), hello.link().nonce());
      return new Meeting(link, "both sides run on this host");
    } catch (Refused e) {
      String what = String.valueOf(e.getMessage());
      String shortened = what.substring(0, Math.min(what.length(), 200));
      return new Meeting(
          null,
          "the peer runs on this host, as another user or in another container: " + shortened);
    }
  }
}
