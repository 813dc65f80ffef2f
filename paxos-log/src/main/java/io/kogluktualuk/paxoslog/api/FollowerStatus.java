package io.kogluktualuk.paxoslog.api;

/// How far a follower is, as its leader sees it.
///
/// @param matchIndex the last entry that the follower is known to have on its disk; -1 for none
/// @param lagEntries how many agreed entries it is not known to have yet
/// @param heardMillisAgo since its last answer
public record FollowerStatus(String id, long matchIndex, long lagEntries, long heardMillisAgo) {}
