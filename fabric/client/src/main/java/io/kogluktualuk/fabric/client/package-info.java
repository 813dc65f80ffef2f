/// What applications use of a fabric: content in and out, namespaces, runs and their explanation.
///
/// Owns sessions, retries, overlap of transfers and the file that says where a cluster is. May
/// touch `memnode.reader` and the `api` packages of the nodes; never a server's type, and no type
/// of a transport appears in its signatures.
@NullMarked
package io.kogluktualuk.fabric.client;

import org.jspecify.annotations.NullMarked;
