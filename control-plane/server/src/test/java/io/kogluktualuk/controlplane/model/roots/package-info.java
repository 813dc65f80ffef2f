@NullMarked
package io.kogluktualuk.controlplane.model.roots;

import org.jspecify.annotations.NullMarked;
