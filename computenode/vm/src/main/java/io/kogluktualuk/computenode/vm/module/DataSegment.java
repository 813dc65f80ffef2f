package io.kogluktualuk.computenode.vm.module;

import org.jspecify.annotations.Nullable;

/// Bytes of the module that go to its memory.
///
/// @param offset where an active segment goes, null for others
/// @param start first byte in the module
/// @param end behind the last
public record DataSegment(SegmentMode mode, @Nullable Constant offset, int start, int end) {}
