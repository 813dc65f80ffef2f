package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Voucher;
import org.jspecify.annotations.Nullable;

/// Content that has been put, and the word of who has put it.
///
/// @param voucher none when the content has more than [Voucher#TAGS_MAX] chunks, or lies in memory
///     that one thread only may read
public record Vouched(Ref ref, @Nullable Voucher voucher) {}
