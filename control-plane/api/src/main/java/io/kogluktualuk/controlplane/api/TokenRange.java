package io.kogluktualuk.controlplane.api;

/// Tokens of leases that are all dead, both ends included.
public record TokenRange(long first, long last) {

  public TokenRange {
    if (first <= 0 || last < first || last > Fences.TOKEN_MAX) {
      throw new IllegalArgumentException("tokens " + first + " to " + last);
    }
  }

  boolean contains(long token) {
    return token >= first && token <= last;
  }
}
