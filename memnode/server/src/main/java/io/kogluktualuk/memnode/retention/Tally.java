package io.kogluktualuk.memnode.retention;

/// What retention has done since the start of the node, and what there is.
///
/// @param evictedAhead those of the evicted that nobody was waiting for the room of
/// @param leases that hold something, or may
/// @param evictableBytes that may be evicted now
public record Tally(
    long evicted,
    long evictedAhead,
    long evictedBytes,
    long collected,
    long holds,
    long leases,
    long evictableBytes) {

  public static final Tally NOTHING = new Tally(0, 0, 0, 0, 0, 0, 0);

  public Tally plus(Tally other) {
    return new Tally(
        evicted + other.evicted,
        evictedAhead + other.evictedAhead,
        evictedBytes + other.evictedBytes,
        collected + other.collected,
        holds + other.holds,
        leases + other.leases,
        evictableBytes + other.evictableBytes);
  }
}
