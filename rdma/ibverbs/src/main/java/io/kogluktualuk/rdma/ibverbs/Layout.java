package io.kogluktualuk.rdma.ibverbs;

import io.kogluktualuk.fabric.fault.Unavailable;
import java.util.Arrays;

/// Where the fields of libibverbs' structures lie, in bytes, on the 64-bit systems that there are.
final class Layout {

  static final int SEND = 128;
  static final int SEND_ID = 0;
  static final int SEND_NEXT = 8;
  static final int SEND_LIST = 16;
  static final int SEND_PIECES = 24;
  static final int SEND_OPCODE = 28;
  static final int SEND_FLAGS = 32;
  static final int SEND_IMMEDIATE = 36;
  static final int RDMA_ADDRESS = 40;
  static final int RDMA_KEY = 48;
  static final int ATOMIC_ADDRESS = 40;
  static final int ATOMIC_COMPARE_ADD = 48;
  static final int ATOMIC_SWAP = 56;
  static final int ATOMIC_KEY = 64;

  static final int RECEIVE = 32;
  static final int RECEIVE_ID = 0;
  static final int RECEIVE_NEXT = 8;
  static final int RECEIVE_LIST = 16;
  static final int RECEIVE_PIECES = 24;

  static final int PIECE = 16;
  static final int PIECE_ADDRESS = 0;
  static final int PIECE_LENGTH = 8;
  static final int PIECE_KEY = 12;

  static final int COMPLETION = 48;
  static final int COMPLETION_ID = 0;
  static final int COMPLETION_STATUS = 8;
  static final int COMPLETION_OPCODE = 12;
  static final int COMPLETION_VENDOR_ERROR = 16;
  static final int COMPLETION_BYTES = 20;
  static final int COMPLETION_IMMEDIATE = 24;
  static final int COMPLETION_QUEUE_PAIR = 28;
  static final int COMPLETION_SOURCE = 32;
  static final int COMPLETION_FLAGS = 36;

  static final int EVENT = 288;
  static final int EVENT_TYPE = 0;
  static final int EVENT_STATUS = 4;
  static final int EVENT_LISTENER = 8;
  static final int EVENT_ID = 16;
  static final int EVENT_PRIVATE_LENGTH = 24;
  static final int EVENT_PRIVATE_DATA = 32;

  private static final int[] ALL = {
    SEND,
    SEND_ID,
    SEND_NEXT,
    SEND_LIST,
    SEND_PIECES,
    SEND_OPCODE,
    SEND_FLAGS,
    SEND_IMMEDIATE,
    RDMA_ADDRESS,
    RDMA_KEY,
    ATOMIC_ADDRESS,
    ATOMIC_COMPARE_ADD,
    ATOMIC_SWAP,
    ATOMIC_KEY,
    RECEIVE,
    RECEIVE_ID,
    RECEIVE_NEXT,
    RECEIVE_LIST,
    RECEIVE_PIECES,
    PIECE,
    PIECE_ADDRESS,
    PIECE_LENGTH,
    PIECE_KEY,
    COMPLETION,
    COMPLETION_ID,
    COMPLETION_STATUS,
    COMPLETION_OPCODE,
    COMPLETION_VENDOR_ERROR,
    COMPLETION_BYTES,
    COMPLETION_IMMEDIATE,
    COMPLETION_QUEUE_PAIR,
    COMPLETION_SOURCE,
    COMPLETION_FLAGS,
    EVENT,
    EVENT_TYPE,
    EVENT_STATUS,
    EVENT_LISTENER,
    EVENT_ID,
    EVENT_PRIVATE_LENGTH,
    EVENT_PRIVATE_DATA
  };

  private Layout() {}

  /// Holds these constants against what the library was compiled with.
  ///
  /// @throws Unavailable when they differ: nothing may be posted then
  static void check() {
    int[] compiled = Natives.layout();
    if (!Arrays.equals(ALL, compiled)) {
      throw new Unavailable(
          "the native library was built with other structures than this version lays out: expected "
              + Arrays.toString(ALL)
              + ", found "
              + Arrays.toString(compiled));
    }
  }
}
