/// The july-trades job: sorted, sorted again, and once more after one record changed. Touches the
/// client and the guest programs; knows no server and prints nothing.
@NullMarked
package io.kogluktualuk.fabric.demo;

import org.jspecify.annotations.NullMarked;
