/// What the verbs contract adds to DiSNI's API (queue pair, work request, completion, memory
/// region): file-backed memory that providers can share, and connection events that DiSNI's
/// endpoints overlook. Knows no provider, no retry, no framing and no blobs.
@NullMarked
package io.kogluktualuk.rdma.verbs;

import org.jspecify.annotations.NullMarked;
