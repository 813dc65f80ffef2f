/// Tests of the connection to the control plane, with control nodes that do as they are told.
@NullMarked
package io.kogluktualuk.controlplane.client;

import org.jspecify.annotations.NullMarked;
