/// What other nodes and clients say to a compute node: methods 300–399, their messages and codecs.
///
/// Messages name transactions by key and outcomes by refs; payload never travels in them. Touches
/// `fabric/core` only; no threads, no sockets.
@NullMarked
package io.kogluktualuk.computenode.api;

import org.jspecify.annotations.NullMarked;
