/// What every provider of the verbs must do, as tests that see DiSNI's API only.
@NullMarked
package io.kogluktualuk.rdma.conformance;

import org.jspecify.annotations.NullMarked;
