package io.kogluktualuk.rdma.ibverbs;

import java.io.IOException;

/// What the library can do beyond DiSNI's own native methods.
///
/// Handles are numbers that the library checks: one that is zero, made up or closed gives an
/// [IOException] or `-EBADF`. Addresses are not checked but for being null.
///
/// **Threading:** any thread.
final class Natives {

  /// Negative results, as in Linux on x86-64 and ARM64.
  static final int EINTR = -4;

  static final int EBADF = -9;

  private Natives() {}

  static native void connect(
      long id,
      boolean isConnect,
      int responderResources,
      int initiatorDepth,
      int retries,
      int rnrRetries,
      long privateData,
      int privateBytes)
      throws IOException;

  static native void reject(long id) throws IOException;

  /// @param caps in and out: sends, receives, pieces of a send, pieces of a RECV, inline bytes
  static native long createQueuePair(
      long id,
      long domain,
      long sendQueue,
      long receiveQueue,
      int type,
      boolean signalsAll,
      int[] caps)
      throws IOException;

  /// 1 when an event was laid out at `event`, 0 when none came in time, [#EINTR] when woken.
  static native int nextEvent(long channel, long event, int timeoutMillis);

  static native int wakeEventChannel(long channel);

  static native int wakeCompletionChannel(long channel);

  /// Handles of the devices that connections can use, in librdmacm's order.
  static native long[] contexts();

  static native String deviceName(long context) throws IOException;

  /// See devices.c for the order.
  static native long[] deviceLimits(long context) throws IOException;

  /// Active MTU and longest message, in bytes.
  static native long[] portLimits(long context, int port) throws IOException;

  /// `number << 32 | type` of what a device reported by itself, or -1 when it did not in time.
  static native long nextAsyncEvent(long context, int timeoutMillis) throws IOException;

  static native String asyncEventName(int type);

  /// Sizes and offsets, in the order of [Layout].
  static native int[] layout();

  /// How many objects are open, or closed and still needed by one that is.
  static native int liveObjects();
}
