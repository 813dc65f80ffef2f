package io.kogluktualuk.memnode.store;

/// A part of the staging file that is lent as a write window.
///
/// @param number from 0
/// @param offset in the staging file
/// @param length in bytes
public record WindowSlot(int number, long offset, int length) {}
