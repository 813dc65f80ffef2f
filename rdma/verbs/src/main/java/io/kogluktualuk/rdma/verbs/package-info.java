/// The verbs contract: which provider DiSNI runs on, and memory that providers can share.
///
/// The contract itself is DiSNI's API (queue pair, work request, completion, memory region). This
/// room owns the choice of the provider and file-backed mappings. It knows no retry, no framing and
/// no blobs.
@NullMarked
package io.kogluktualuk.rdma.verbs;

import org.jspecify.annotations.NullMarked;
