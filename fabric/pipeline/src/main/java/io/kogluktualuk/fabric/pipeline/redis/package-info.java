/// Wires over a broker's queues: Redis streams, by Jedis.
@NullMarked
package io.kogluktualuk.fabric.pipeline.redis;

import org.jspecify.annotations.NullMarked;
