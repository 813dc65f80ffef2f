/// The exception family of the fabric; each says whether a caller may retry. No logging.
@NullMarked
package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.NullMarked;
