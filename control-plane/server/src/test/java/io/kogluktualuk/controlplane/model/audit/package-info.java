@NullMarked
package io.kogluktualuk.controlplane.model.audit;

import org.jspecify.annotations.NullMarked;
