/// Tests of the package of the same name.
@NullMarked
package io.kogluktualuk.controlplane.server;

import org.jspecify.annotations.NullMarked;
