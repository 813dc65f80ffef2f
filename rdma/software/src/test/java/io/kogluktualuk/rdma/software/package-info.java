/// Tests of the software provider through DiSNI's public API.
@NullMarked
package io.kogluktualuk.rdma.software;

import org.jspecify.annotations.NullMarked;
