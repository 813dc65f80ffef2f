package io.kogluktualuk.fabric.pipeline;

/// How a link to a stage downstream stands.
///
/// @param name what the sender calls it
/// @param peer what the receiver calls itself; empty before it was heard of
/// @param isAttached whether the receiver is there
/// @param windowEnvelopes credits in all
/// @param windowBytes credits in all
/// @param freeEnvelopes credits that are not used
/// @param freeBytes credits that are not used
/// @param outbox envelopes that are sent and not done
/// @param outboxBytes what they stand for
/// @param resent how many were sent again
public record LinkSnapshot(
    String name,
    String peer,
    boolean isAttached,
    long windowEnvelopes,
    long windowBytes,
    long freeEnvelopes,
    long freeBytes,
    long outbox,
    long outboxBytes,
    long resent) {}
