@NullMarked
package io.kogluktualuk.fabric.trust;

import org.jspecify.annotations.NullMarked;
