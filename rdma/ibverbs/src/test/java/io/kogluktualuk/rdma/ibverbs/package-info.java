@NullMarked
package io.kogluktualuk.rdma.ibverbs;

import org.jspecify.annotations.NullMarked;
