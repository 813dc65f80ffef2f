/// What `kog bench` runs: each hot path beside its peer, in turn, in one process run. Touches the
/// client, the nodes' settings, and the peers' programs; native calls are made for peers only.
@NullMarked
package io.kogluktualuk.fabric.benchmarks;

import org.jspecify.annotations.NullMarked;
