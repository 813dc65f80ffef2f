/// A replicated log without threads, disks, sockets or clocks, for simulations: what consensus
/// promises, and every liberty it takes besides.
@NullMarked
package io.kogluktualuk.paxoslog.simulated;

import org.jspecify.annotations.NullMarked;
