/// Names bound to values: paths, thunks, the text form, resolving a path, editing a tree.
@NullMarked
package io.kogluktualuk.fabric.namespace;

import org.jspecify.annotations.NullMarked;
