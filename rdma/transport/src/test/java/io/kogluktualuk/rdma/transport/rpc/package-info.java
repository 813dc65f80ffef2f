/// Tests.
@NullMarked
package io.kogluktualuk.rdma.transport.rpc;

import org.jspecify.annotations.NullMarked;
