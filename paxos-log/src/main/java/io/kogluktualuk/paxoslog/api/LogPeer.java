package io.kogluktualuk.paxoslog.api;

/// One replica of a log: a stable name and where its consensus port is.
///
/// @param id stable for ever; a replica whose disk was lost comes back under a fresh one
/// @param port 0 lets the system choose; only for a log with a single replica
public record LogPeer(String id, String host, int port) {

  private static final int ID_LENGTH_MAX = 64;

  public LogPeer {
    if (!id.matches("[A-Za-z0-9_.-]{1," + ID_LENGTH_MAX + "}")) {
      throw new IllegalArgumentException(
          "a replica id is 1 to 64 letters, digits, '_', '.', '-'; found '" + id + "'");
    }
    if (port < 0 || port > 0xFFFF) {
      throw new IllegalArgumentException(
          "port " + port + " of replica " + id + " is not in 0..65535");
    }
  }

  public String address() {
    return host + ":" + port;
  }
}
