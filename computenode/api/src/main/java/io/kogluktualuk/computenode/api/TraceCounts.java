package io.kogluktualuk.computenode.api;

/// How much the traces of earlier runs have been of use, since the start.
///
/// @param walks transactions for which one was looked for
/// @param hits those of them whose outcome was found so
/// @param steps questions asked on the way
public record TraceCounts(long walks, long hits, long steps) {}
