package io.kogluktualuk.rdma.verbs;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvPd;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Registers memory segments, which DiSNI does not know.
///
/// **Ownership:** the memory stays the caller's, who deregisters before the segment's arena closes;
/// nothing else keeps it alive.
public final class Registration {

  /// The longest region: DiSNI's lengths are `int`.
  public static final long BYTES_MAX = Integer.MAX_VALUE;

  private Registration() {}

  /// Registers all of a segment with a protection domain.
  ///
  /// @param access the rights, `IBV_ACCESS_*` of [IbvMr] or'ed
  /// @throws InvalidArgument when the segment is on the Java heap, empty, read-only though written
  ///     to by peers, or longer than [#BYTES_MAX]
  /// @throws IOException when the device cannot register it, say for lack of lockable memory
  public static IbvMr register(IbvPd domain, MemorySegment memory, int access) throws IOException {
    if (!memory.isNative()) {
      throw new InvalidArgument("memory on the Java heap cannot be registered, it may move");
    }
    long bytes = memory.byteSize();
    if (bytes == 0 || bytes > BYTES_MAX) {
      throw new InvalidArgument("a region has 1 to " + BYTES_MAX + " bytes, not " + bytes);
    }
    int writes =
        IbvMr.IBV_ACCESS_LOCAL_WRITE
            | IbvMr.IBV_ACCESS_REMOTE_WRITE
            | IbvMr.IBV_ACCESS_REMOTE_ATOMIC;
    if (memory.isReadOnly() && (access & writes) != 0) {
      throw new InvalidArgument("read-only memory cannot be registered with rights " + access);
    }
    return domain.regMr(memory.address(), (int) bytes, access).execute().free().getMr();
  }

  /// Withdraws a region; peers that use its key get an access error from now on.
  public static void deregister(IbvMr region) throws IOException {
    region.deregMr().execute().free();
  }
}
