package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.SVCRegMr;
import com.ibm.disni.verbs.impl.NativeDispatcher;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// Registers one range of memory.
///
/// **Threading:** one thread at a time.
final class RegisterCall extends SVCRegMr {

  private final NativeDispatcher dispatcher;
  private final NativeDomain domain;
  private final long address;
  private final int length;
  private final int access;
  private final @Nullable Object keepAlive;
  private @Nullable NativeRegion region;

  RegisterCall(
      NativeDispatcher dispatcher,
      NativeDomain domain,
      long address,
      int length,
      int access,
      @Nullable Object keepAlive) {
    this.dispatcher = dispatcher;
    this.domain = domain;
    this.address = address;
    this.length = length;
    this.access = access;
    this.keepAlive = keepAlive;
  }

  @Override
  public IbvMr getMr() {
    if (region == null) {
      throw new IllegalStateException("the registration has not been executed");
    }
    return region;
  }

  @Override
  public SVCRegMr execute() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment place = arena.allocate(ValueLayout.JAVA_INT, 3);
      long keysAt = place.address();
      long number =
          dispatcher._regMr(
              domain.number(), address, length, access, keysAt, keysAt + 4, keysAt + 8);
      int[] keys = place.toArray(ValueLayout.JAVA_INT);
      region = new NativeRegion(number, domain, address, length, access, keys, keepAlive);
    }
    return this;
  }

  @Override
  public boolean isValid() {
    return true;
  }

  @Override
  public SVCRegMr free() {
    return this;
  }
}
