/// Tests of what control calls and one-sided access share.
@NullMarked
package io.kogluktualuk.rdma.transport.endpoint;

import org.jspecify.annotations.NullMarked;
