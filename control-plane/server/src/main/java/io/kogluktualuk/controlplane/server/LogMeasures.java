package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.fabric.measure.Distribution;

/// What was measured of one log at one control node since its start.
///
/// @param log its name
/// @param times how long entries proposed here took to be agreed on, in seconds
/// @param sizes how large they were, in bytes
/// @param batches how many commands each of them had
/// @param syncs how long syncs of its file took here, in seconds
public record LogMeasures(
    String log, Distribution times, Distribution sizes, Distribution batches, Distribution syncs) {}
