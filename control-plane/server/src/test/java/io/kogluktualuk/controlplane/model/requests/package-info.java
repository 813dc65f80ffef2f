@NullMarked
package io.kogluktualuk.controlplane.model.requests;

import org.jspecify.annotations.NullMarked;
