/// The WebAssembly programs that come with the fabric, built from the C sources in this module's
/// folder. Touches nothing but the JDK.
@NullMarked
package io.kogluktualuk.computenode.programs;

import org.jspecify.annotations.NullMarked;
