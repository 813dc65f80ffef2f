package io.kogluktualuk.rdma.doctor;

import java.util.List;

/// Looks at one side of a host.
///
/// **Threading:** stateless.
interface Check {

  List<Finding> look(Host host);
}
