package io.kogluktualuk.rdma.ibverbs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.ibm.disni.verbs.impl.NativeDispatcher;
import java.io.IOException;

/// Apart from the tests, whose methods JUnit looks at: it would load DiSNI's class before ours is
/// put in its place.
final class Refusals {

  private static final int EBADF = -9;

  private Refusals() {}

  /// No call does anything with such a handle, and none waits.
  static void assertAll(long handle, long memory) {
    String what = "handle " + handle;
    NativeDispatcher d = NativeLibrary.dispatcher();
    assertThrows(IOException.class, () -> d._postSend(handle, memory), what);
    assertThrows(IOException.class, () -> d._postRecv(handle, memory), what);
    assertThrows(IOException.class, () -> d._pollCQ(handle, 1, memory), what);
    assertThrows(IOException.class, () -> d._reqNotifyCQ(handle, 0), what);
    assertThrows(IOException.class, () -> d._deregMr(handle), what);
    assertThrows(IOException.class, () -> d._allocPd(handle), what);
    assertThrows(IOException.class, () -> d._createCQ(handle, handle, 1, 0), what);
    assertThrows(IOException.class, () -> d._regMr(handle, memory, 1, 1, memory, memory, memory));
    assertThrows(IOException.class, () -> d._createQP(handle, handle, handle, handle, 2, 1, 1, 0));
    assertThrows(IOException.class, () -> d._connect(handle, 0, 0, 0, (byte) 0), what);
    assertThrows(IOException.class, () -> d._bindAddr(handle, memory), what);
    assertEquals(EBADF, cqEvent(d, handle), what);
    assertEquals(EBADF, d._destroyCmId(handle), what);
    assertEquals(EBADF, d._destroyQP(handle), what);
    assertEquals(EBADF, d._destroyCQ(handle), what);
    assertEquals(EBADF, d._destroyCompChannel(handle), what);
    assertEquals(EBADF, d._destroyEventChannel(handle), what);
    assertEquals(EBADF, d._deallocPd(handle), what);
    assertEquals(EBADF, Natives.nextEvent(handle, memory, -1), what);
    assertEquals(EBADF, Natives.wakeEventChannel(handle), what);
  }

  private static int cqEvent(NativeDispatcher dispatcher, long handle) {
    try {
      return dispatcher._getCqEvent(handle, -1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
