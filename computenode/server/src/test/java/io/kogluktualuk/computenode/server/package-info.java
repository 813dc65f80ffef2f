/// Compute nodes among real control and memory nodes of one process.
@NullMarked
package io.kogluktualuk.computenode.server;

import org.jspecify.annotations.NullMarked;
