/// Keeps as many copies of each blob as it should have, where they belong.
///
/// Each node looks after the blobs that it has itself; no node knows about all. Owns the decisions
/// ([io.kogluktualuk.memnode.repair.RepairPlanner]) and one thread
/// ([io.kogluktualuk.memnode.repair.RepairAgent]). May touch `memnode.store` and `memnode.reader`.
@NullMarked
package io.kogluktualuk.memnode.repair;

import org.jspecify.annotations.NullMarked;
