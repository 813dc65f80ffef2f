/// The replicated log as its users see it: entries in one agreed order, applied to a deterministic
/// state machine, with snapshots. Touches nothing but `fabric/core`; knows neither the consensus
/// library underneath nor the clock. Group commit (many commands in one entry) is the business of
/// whoever proposes: an entry is opaque here.
@NullMarked
package io.kogluktualuk.paxoslog.api;

import org.jspecify.annotations.NullMarked;
