/// Native libraries that are resources of a jar or of a folder of classes.
@NullMarked
package io.kogluktualuk.fabric.library;

import org.jspecify.annotations.NullMarked;
