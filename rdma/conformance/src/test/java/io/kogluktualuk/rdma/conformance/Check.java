package io.kogluktualuk.rdma.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.rdma.conformance.VerbsEnd.Completion;
import java.io.IOException;

/// What completions must say. The numbers are libibverbs's.
///
/// Of a completion that failed only the id and the status mean anything.
final class Check {

  static final int SEND = 0;
  static final int WRITE = 1;
  static final int READ = 2;
  static final int CMP_SWAP = 3;
  static final int FETCH_ADD = 4;
  static final int RECV = 128;
  static final int RECV_WRITE_WITH_IMM = 129;

  /// The flag of a completion that carries immediate data.
  static final int WITH_IMM = 2;

  static final int SUCCESS = 0;
  static final int LOC_QP_OP_ERR = 2;
  static final int LOC_PROT_ERR = 4;
  static final int WR_FLUSH_ERR = 5;
  static final int REM_ACCESS_ERR = 10;
  static final int REM_OP_ERR = 11;
  static final int RETRY_EXC_ERR = 12;
  static final int RNR_RETRY_EXC_ERR = 13;

  private Check() {}

  /// The next completion of an end is this request's, and it succeeded.
  static Completion success(VerbsEnd end, long id) throws IOException {
    return next(end, id, SUCCESS);
  }

  /// The next completion of an end is this request's, with this status.
  static Completion next(VerbsEnd end, long id, int status) throws IOException {
    Completion completion = end.completion();
    assertEquals("id " + id + " status " + status, text(completion));
    return completion;
  }

  private static String text(Completion completion) {
    return "id " + completion.id() + " status " + completion.status();
  }
}
