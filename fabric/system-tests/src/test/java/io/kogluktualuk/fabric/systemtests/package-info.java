/// Tests of the whole: the arrows between the rooms, and clusters of real processes.
@NullMarked
package io.kogluktualuk.fabric.systemtests;

import org.jspecify.annotations.NullMarked;
