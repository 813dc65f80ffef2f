package io.kogluktualuk.rdma.software;

/// Work completion statuses and opcodes that this provider produces, numbered as in libibverbs.
final class Status {

  static final int SUCCESS = 0;
  static final int LOC_LEN_ERR = 1;

  /// What the receiver of a message longer than its RECV gets (as seen on Soft-RoCE).
  static final int LOC_QP_OP_ERR = 2;

  static final int LOC_PROT_ERR = 4;
  static final int WR_FLUSH_ERR = 5;
  static final int REM_INV_REQ_ERR = 9;
  static final int REM_ACCESS_ERR = 10;
  static final int REM_OP_ERR = 11;
  static final int RETRY_EXC_ERR = 12;
  static final int RNR_RETRY_EXC_ERR = 13;

  static final int OPCODE_SEND = 0;
  static final int OPCODE_RDMA_WRITE = 1;
  static final int OPCODE_RDMA_READ = 2;
  static final int OPCODE_COMP_SWAP = 3;
  static final int OPCODE_FETCH_ADD = 4;
  static final int OPCODE_RECV = 128;
  static final int OPCODE_RECV_RDMA_WITH_IMM = 129;

  /// The completion carries immediate data.
  static final int FLAG_WITH_IMM = 2;

  private Status() {}
}
