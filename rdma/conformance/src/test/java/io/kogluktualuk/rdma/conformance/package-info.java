/// What every provider of the verbs must do, as tests that see DiSNI's API only.
///
/// [Suite] has the properties of a run, [Differences] what may differ between providers; how to run
/// it is in the module's README.
@NullMarked
package io.kogluktualuk.rdma.conformance;

import org.jspecify.annotations.NullMarked;
