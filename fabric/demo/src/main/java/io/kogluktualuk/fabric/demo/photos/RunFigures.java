package io.kogluktualuk.fabric.demo.photos;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a run came to.
///
/// @param taken photos that the camera sent
/// @param indexed photos in the index
/// @param elapsed from the first photo in the index to the last
/// @param fastRate photos a second while no stage of any run was slow; 0 when that is not
///     known
/// @param slowRate photos a second while one was
/// @param moved bytes of photos and thumbnails that were stored, read or sent
/// @param cpu processor time of all stages, and of the fabric where it is used, from the
///     first photo on
/// @param peakMemory of all stages' processes together
/// @param peakFabric of the fabric's process; with the demo itself
/// @param peakHeld bytes on their way at a time
/// @param restarts processes that were started again
/// @param resent messages that were sent again
/// @param duplicates messages that came again
/// @param failed photos that were set aside
/// @param broken why it ended before its time; null when it did not
public record RunFigures(
    Way way,
    long taken,
    long indexed,
    Duration elapsed,
    double fastRate,
    double slowRate,
    long moved,
    Duration cpu,
    long peakMemory,
    long peakFabric,
    long peakHeld,
    int restarts,
    long resent,
    long duplicates,
    long failed,
    @Nullable String broken) {}
