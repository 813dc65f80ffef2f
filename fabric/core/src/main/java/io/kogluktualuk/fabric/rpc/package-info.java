/// Control calls as descriptors: methods, channels, deadlines. No transport lives here.
@NullMarked
package io.kogluktualuk.fabric.rpc;

import org.jspecify.annotations.NullMarked;
