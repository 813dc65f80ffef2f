/// What other nodes may say to the control plane and hear from it: methods 100–199, their messages
/// with canonical codecs, and the stub that cuts batches to the size of a message. Touches nothing
/// but `fabric/core`; starts no threads, opens no sockets.
@NullMarked
package io.kogluktualuk.controlplane.api;

import org.jspecify.annotations.NullMarked;
