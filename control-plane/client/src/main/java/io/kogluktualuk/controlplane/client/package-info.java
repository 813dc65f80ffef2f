/// Everybody's connection to the control plane: one link that finds a node that answers, the
/// enrolment that keeps a server in the membership, and calls that many threads share.
///
/// Touches `controlplane.api` and `rdma.transport`; knows no server and no table.
@NullMarked
package io.kogluktualuk.controlplane.client;

import org.jspecify.annotations.NullMarked;
