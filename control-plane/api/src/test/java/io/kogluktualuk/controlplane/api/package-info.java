/// Tests of the messages and of the stub.
@NullMarked
package io.kogluktualuk.controlplane.api;

import org.jspecify.annotations.NullMarked;
