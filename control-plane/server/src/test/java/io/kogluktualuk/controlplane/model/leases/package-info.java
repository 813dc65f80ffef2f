@NullMarked
package io.kogluktualuk.controlplane.model.leases;

import org.jspecify.annotations.NullMarked;
