/// Tests of the package of the same name.
@NullMarked
package io.kogluktualuk.controlplane.model;

import org.jspecify.annotations.NullMarked;
