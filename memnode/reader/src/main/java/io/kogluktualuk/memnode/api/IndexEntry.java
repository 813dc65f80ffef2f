package io.kogluktualuk.memnode.api;

/// What an index says of a blob, and since when.
///
/// Each change of an index has a greater sequence. So whoever reads the same entry before and after
/// the bytes at its place knows that they were the blob's all the time: the owner takes an entry
/// out, or changes it, before it gives the place to another.
///
/// @param sequence never 0, and another one whenever an entry is written, within one run of a node
public record IndexEntry(BlobLocation location, long sequence) {}
