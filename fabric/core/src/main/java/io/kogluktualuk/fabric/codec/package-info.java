/// The canonical encoding: one byte form per value; the reader refuses every other form. No
/// reflection, no default charsets.
@NullMarked
package io.kogluktualuk.fabric.codec;

import org.jspecify.annotations.NullMarked;
