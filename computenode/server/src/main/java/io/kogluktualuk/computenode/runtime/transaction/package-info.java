/// How transactions come to their outcomes: looked up, run here or handed to a peer, each key
/// once at a time; how they wait for one another, and what happens when they wait in a circle.
///
/// Touches the other `runtime` packages, the virtual machine and the messages of
/// `computenode.api`. Sockets, membership and the control plane are behind
/// [io.kogluktualuk.computenode.runtime.transaction.Peers] and `runtime.store.MemoIndex`.
@NullMarked
package io.kogluktualuk.computenode.runtime.transaction;

import org.jspecify.annotations.NullMarked;
