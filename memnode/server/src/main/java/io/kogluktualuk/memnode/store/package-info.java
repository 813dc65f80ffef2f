/// Where blobs lie on one memory node: region files, extents, the index, the log of sealed blobs,
/// open write windows, and the folder that outlives the process.
///
/// Owns files and their mappings. May touch `memnode.api` and `fabric.core`; knows no verbs, no
/// sockets and no clock of its own. Never chooses what to evict.
@NullMarked
package io.kogluktualuk.memnode.store;

import org.jspecify.annotations.NullMarked;
