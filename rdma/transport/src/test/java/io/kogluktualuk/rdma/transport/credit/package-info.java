/// Tests.
@NullMarked
package io.kogluktualuk.rdma.transport.credit;

import org.jspecify.annotations.NullMarked;
