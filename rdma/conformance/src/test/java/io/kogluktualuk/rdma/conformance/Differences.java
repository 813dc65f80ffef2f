package io.kogluktualuk.rdma.conformance;

import io.kogluktualuk.rdma.conformance.Suite.DataPath;
import java.util.EnumSet;
import java.util.Set;

/// Everything in which the providers differ, and nothing else: a test that expects different things
/// asks here. The table in `fabric/docs/VERBS.md` is these entries, which [DifferencesTest] holds
/// against each other.
enum Differences {
  /// A message or request moves on when one of its ends polls a completion queue or waits at a
  /// completion channel; an adapter, and a thread per process for TCP, work without that.
  PROGRESS(
      "Work goes on while nobody polls or waits at either end",
      "no: whoever polls or waits does the work",
      DataPath.SHARED),
  /// librdmacm finishes the handshake of the active side inside `rdma_get_cm_event`.
  HANDSHAKE(
      "A connection comes up though the active side takes no events",
      "no: it is UNREACHABLE for the passive side after some seconds",
      DataPath.NATIVE),
  /// How long an operation may be.
  OPERATION_BYTES_MAX(
      "Longest operation",
      "what the port says (`max_msg_sz`): 8 MiB on Soft-RoCE, 1 or 2 GiB on adapters; software: a"
          + " region's length, 2 GiB - 1",
      DataPath.NATIVE),
  /// When a request to a peer that is gone fails.
  RETRY_DELAY(
      "When a request to a dead peer fails with RETRY_EXC_ERR",
      "after `retry_count` timeouts, some seconds; software: as soon as the system says that the"
          + " connection is gone",
      DataPath.NATIVE),
  /// An adapter does not ask whether its peer is still there.
  PASSIVE_CUT(
      "A cable is cut while this side has no request under way",
      "hears nothing, ever: use heartbeats; TCP hears DISCONNECTED after 6 s of silence, and its"
          + " RECVs are flushed",
      DataPath.NATIVE),
  /// The kernel takes away what a dying process had, one thing after another.
  DYING_REGIONS(
      "Status of the request that meets `kill -9` of the peer",
      "RETRY_EXC_ERR; or, when the peer's region went before its queue pair, REM_ACCESS_ERR, and"
          + " REM_OP_ERR for a SEND",
      DataPath.NATIVE),
  /// Soft-RoCE's kernel side is told of sends, not of RECVs.
  LATE_RECV(
      "RECVs posted after the queue pair has failed",
      "flushed by adapters and in software; Soft-RoCE leaves them posted",
      DataPath.NATIVE),
  /// A request whose own memory is wrong.
  LOCAL_STATUS(
      "Status of a SEND or WRITE from memory that is not registered",
      "LOC_PROT_ERR by adapters and in software; Soft-RoCE says LOC_QP_OP_ERR",
      DataPath.NATIVE),
  /// The sender is done when its message is in the ring, before it is placed.
  UNREGISTERED_RECV(
      "Status of a SEND that meets a RECV in memory that is not registered",
      "SUCCESS; elsewhere REM_OP_ERR",
      DataPath.SHARED),
  /// A completion queue that overflows.
  OVERRUN(
      "More completions than a completion queue holds",
      "undefined (Soft-RoCE drops them); software: RECVs wait, a queue pair whose requests find no"
          + " room fails",
      DataPath.NATIVE),
  /// Shared memory is reached by mapping the peer's file.
  PRIVATE_MEMORY(
      "Memory that another process can reach",
      "what lies in a `FileMapping`; other memory gives REM_INV_REQ_ERR",
      DataPath.SHARED);

  private final String what;
  private final String how;
  private final Set<DataPath> paths;

  Differences(String what, String how, DataPath first, DataPath... more) {
    this.what = what;
    this.how = how;
    this.paths = EnumSet.of(first, more);
  }

  /// Whether this run's data path is one of those that are different.
  boolean holds() {
    return paths.contains(Suite.dataPath());
  }

  /// This entry's row in the documentation.
  String row() {
    StringBuilder names = new StringBuilder();
    for (DataPath path : paths) {
      names.append(names.isEmpty() ? "" : ", ").append(path.word());
    }
    return "| " + what + " | " + names + " | " + how + " |";
  }
}
