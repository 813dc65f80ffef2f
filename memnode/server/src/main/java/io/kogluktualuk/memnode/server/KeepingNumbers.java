package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.measure.Distribution;
import io.kogluktualuk.memnode.api.RepairStatus;

/// What a memory node has done that blobs stay, or go, for whoever watches it. All counts are
/// since the start.
///
/// @param chargedBytes that may not be evicted
/// @param evictableBytes that may
/// @param waiting calls that wait for room now
/// @param waitsInVain how often it was refused in the end
/// @param evicted blobs, all together
/// @param evictedAhead those of them that nobody was waiting for the room of
/// @param evictedBytes of all of them
/// @param collected sources that no root reached
/// @param holds pairs of a lease and a blob
/// @param leases that hold something, or may
/// @param staleRefused calls that showed a dead token
/// @param damaged blobs whose bytes were not theirs any more
/// @param syncs of the device
/// @param repair what was copied
/// @param waitTimes how long those waited for credits or room that had to
/// @param syncTimes how long syncs of the device took
/// @param putTimes how long it took to verify, log and show what was written
public record KeepingNumbers(
    long chargedBytes,
    long evictableBytes,
    long waiting,
    long waitsInVain,
    long evicted,
    long evictedAhead,
    long evictedBytes,
    long collected,
    long holds,
    long leases,
    long staleRefused,
    long damaged,
    long syncs,
    RepairStatus repair,
    Distribution waitTimes,
    Distribution syncTimes,
    Distribution putTimes) {}
