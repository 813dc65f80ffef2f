/// The pipeline demo: photos pass five stages in processes of their own, once by hash and once
/// with their bytes in the messages. Touches the client and the pipeline library; knows no server
/// and prints nothing but reports for the process that has started a stage.
@NullMarked
package io.kogluktualuk.fabric.demo.photos;

import org.jspecify.annotations.NullMarked;
