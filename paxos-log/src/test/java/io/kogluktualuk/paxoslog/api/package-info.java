/// What every replicated log must pass.
@NullMarked
package io.kogluktualuk.paxoslog.api;

import org.jspecify.annotations.NullMarked;
