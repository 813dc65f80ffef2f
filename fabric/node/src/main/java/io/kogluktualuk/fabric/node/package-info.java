/// Starting and stopping any set of nodes in one process, in order.
///
/// Owns the state folder of such a cluster: its lock, its cluster file and one folder for each
/// node. May touch every `server`; the servers are those that production runs.
@NullMarked
package io.kogluktualuk.fabric.node;

import org.jspecify.annotations.NullMarked;
