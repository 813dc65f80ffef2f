/// The text form of a namespace, and paths within one.
@NullMarked
package io.kogluktualuk.fabric.namespace;

import org.jspecify.annotations.NullMarked;
