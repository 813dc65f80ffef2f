/// Wires over TCP, by Netty: who sends connects, and connects again; who receives listens.
@NullMarked
package io.kogluktualuk.fabric.pipeline.tcp;

import org.jspecify.annotations.NullMarked;
