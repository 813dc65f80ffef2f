/// What `kog doctor` looks at: devices, limits, kernel, libraries, and whether verbs really work
/// between two processes of this host.
///
/// Reads `/proc`, `/sys` and `/dev` below one root folder, so that tests show it recorded machines.
/// Touches the verbs and the choice of a provider; changes nothing on the machine.
@NullMarked
package io.kogluktualuk.rdma.doctor;

import org.jspecify.annotations.NullMarked;
