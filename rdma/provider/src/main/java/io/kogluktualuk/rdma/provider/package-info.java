/// Which provider DiSNI runs on in this process, and putting it in place. Touches DiSNI's internals
/// so that nobody else must. Imported by the transport only.
@NullMarked
package io.kogluktualuk.rdma.provider;

import org.jspecify.annotations.NullMarked;
