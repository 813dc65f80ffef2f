package io.kogluktualuk.fabric.rpc;

/// Who makes a call, as far as the connection proves it.
///
/// **Threading:** immutable.
public sealed interface Caller permits Caller.Unproven, PeerName {

  /// Whoever calls without proof: in this process, or over a connection without TLS. A server that
  /// is configured with TLS has no such callers; one without it refuses nobody.
  Caller UNPROVEN = new Unproven();

  /// See [#UNPROVEN].
  record Unproven() implements Caller {

    @Override
    public String toString() {
      return "a caller without a certificate";
    }
  }
}
