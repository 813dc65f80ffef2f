/// Tests of the package of the same name.
@NullMarked
package io.kogluktualuk.controlplane.model.actions;

import org.jspecify.annotations.NullMarked;
