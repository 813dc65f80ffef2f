/// Tests of the package of the same name.
@NullMarked
package io.kogluktualuk.controlplane.model.members;

import org.jspecify.annotations.NullMarked;
