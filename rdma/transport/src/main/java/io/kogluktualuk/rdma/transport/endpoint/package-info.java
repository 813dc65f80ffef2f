/// What control calls and one-sided access share: listening for connections with DiSNI's endpoints.
@NullMarked
package io.kogluktualuk.rdma.transport.endpoint;

import org.jspecify.annotations.NullMarked;
