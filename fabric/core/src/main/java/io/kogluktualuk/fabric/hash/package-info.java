/// SHA-256 names of exact bytes. Touches nothing but the JDK; does no I/O.
@NullMarked
package io.kogluktualuk.fabric.hash;

import org.jspecify.annotations.NullMarked;
