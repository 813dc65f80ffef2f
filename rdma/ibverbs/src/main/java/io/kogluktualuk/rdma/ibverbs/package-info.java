/// The native provider: DiSNI's verbs over libibverbs and librdmacm, for InfiniBand, RoCE and
/// Soft-RoCE devices. Its C part is in `src/main/c`.
@NullMarked
package io.kogluktualuk.rdma.ibverbs;

import org.jspecify.annotations.NullMarked;
