package io.kogluktualuk.computenode.vm.run;

/// What a pool of instances has done and holds.
///
/// @param hits guests that got the memory of a former one
/// @param misses guests for which one was made
/// @param waiting memories in the pool
/// @param bytes they take
public record PoolFigures(long hits, long misses, int waiting, long bytes) {}
