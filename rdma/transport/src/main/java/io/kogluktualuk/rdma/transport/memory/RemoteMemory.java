package io.kogluktualuk.rdma.transport.memory;

import io.kogluktualuk.fabric.rpc.Deadline;
import java.net.InetSocketAddress;
import java.util.List;

/// One-sided access to the regions of one [RegionServer]: no code of the server runs per transfer.
///
/// **Threading:** any number of threads; each call blocks its thread until done.
/// **Errors:** [io.kogluktualuk.fabric.fault.Unavailable] when the peer is gone (the next call
/// reconnects), [io.kogluktualuk.fabric.fault.Refused] when the peer's adapter denied the access
/// (unknown or withdrawn rkey, outside the region, no right to write),
/// [io.kogluktualuk.fabric.fault.DeadlineExceeded] when time ran out.
public final class RemoteMemory implements AutoCloseable {

  public static RemoteMemory connect(InetSocketAddress address, Deadline deadline) {
    throw new UnsupportedOperationException(address + " " + deadline);
  }

  /// Copies `length` bytes of the region, from `regionOffset`, into the buffer at `bufferOffset`.
  public void read(
      RemoteRegion region,
      long regionOffset,
      RegisteredBuffer buffer,
      long bufferOffset,
      int length,
      Deadline deadline) {
    throw new UnsupportedOperationException();
  }

  /// Copies `length` bytes of the buffer, from `bufferOffset`, into the region at `regionOffset`.
  public void write(
      RemoteRegion region,
      long regionOffset,
      RegisteredBuffer buffer,
      long bufferOffset,
      int length,
      Deadline deadline) {
    throw new UnsupportedOperationException();
  }

  /// Reads all pieces; work requests are posted together. On failure any of them may have happened.
  public void readAll(List<Transfer> transfers, Deadline deadline) {
    throw new UnsupportedOperationException();
  }

  /// Writes all pieces; work requests are posted together. On failure any of them may have
  /// happened.
  public void writeAll(List<Transfer> transfers, Deadline deadline) {
    throw new UnsupportedOperationException();
  }

  public TransferCounter reads() {
    throw new UnsupportedOperationException();
  }

  public TransferCounter writes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
