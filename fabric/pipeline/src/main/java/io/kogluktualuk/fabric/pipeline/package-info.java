/// Pipelines that pass hashes: stages get envelopes with refs, look at the bytes if they want to,
/// and send envelopes on; credits flow back from the sinks to the sources.
///
/// Knows the client and the memory node's reader; wires are behind [Wire], so that neither Netty
/// nor a broker's client is met outside `tcp` and `redis`.
@NullMarked
package io.kogluktualuk.fabric.pipeline;

import org.jspecify.annotations.NullMarked;
