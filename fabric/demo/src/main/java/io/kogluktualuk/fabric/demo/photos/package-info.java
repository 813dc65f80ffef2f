/// The pipeline demo: photos pass five stages in processes of their own, by hash, and beside that
/// with their bytes in the messages. Touches the client, the pipeline library, and Netty for what
/// is beside it; knows no server and prints nothing but reports for the process that has started
/// a stage.
@NullMarked
package io.kogluktualuk.fabric.demo.photos;

import org.jspecify.annotations.NullMarked;
