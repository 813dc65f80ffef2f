@NullMarked
package io.kogluktualuk.rdma.provider;

import org.jspecify.annotations.NullMarked;
