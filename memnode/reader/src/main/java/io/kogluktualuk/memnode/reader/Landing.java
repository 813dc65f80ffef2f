package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;

/// Where the bytes of a blob go.
interface Landing {

  /// A buffer of at least so many bytes, up to 4 MiB. It is asked for again when what came was not
  /// the blob; the buffer before has been given back then.
  RegisteredBuffer acquire(long bytes, Deadline deadline);
}
