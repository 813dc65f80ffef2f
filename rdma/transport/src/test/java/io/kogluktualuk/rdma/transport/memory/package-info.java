/// Tests.
@NullMarked
package io.kogluktualuk.rdma.transport.memory;

import org.jspecify.annotations.NullMarked;
