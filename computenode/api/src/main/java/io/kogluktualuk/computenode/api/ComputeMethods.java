package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.rpc.Method;

/// The control calls that a compute node answers. Numbers never change.
public final class ComputeMethods {

  /// Gives the outcome of a transaction, computing it if it is not known.
  ///
  /// **Errors:** [io.kogluktualuk.fabric.fault.NotFound] when the transaction or something it
  /// needs is not stored, [io.kogluktualuk.fabric.fault.DeadlineExceeded] when its time ran out,
  /// [io.kogluktualuk.fabric.fault.Refused] when it was cancelled or nests too deep,
  /// [io.kogluktualuk.fabric.fault.OutOfSpace] and [io.kogluktualuk.fabric.fault.Unavailable]
  /// from the stores. A program that fails or traps is no error: that is its outcome.
  public static final Method<RunRequest, RunReport> RUN =
      new Method<>(300, "compute.run", RunRequest.CODEC, RunReport.CODEC, true);

  /// Hands a transaction to another compute node.
  ///
  /// **Errors:** as for [#RUN]; [io.kogluktualuk.fabric.fault.Unavailable] when no slot is free.
  public static final Method<ExecuteRequest, ExecuteReply> EXECUTE =
      new Method<>(301, "compute.execute", ExecuteRequest.CODEC, ExecuteReply.CODEC, true);

  /// Tells how far a run has come. Runs that have ended are remembered for a while.
  public static final Method<ProgressRequest, Progress> PROGRESS =
      new Method<>(302, "compute.progress", ProgressRequest.CODEC, Progress.CODEC, true);

  /// Ends a run: its programs stop, whoever waits for it is told, nothing of it is recorded that
  /// had not ended.
  public static final Method<RunId, CancelReply> CANCEL =
      new Method<>(303, "compute.cancel", RunId.CODEC, CancelReply.CODEC, true);

  /// Tells what the node is doing.
  public static final Method<Nothing, ComputeStatus> STATUS =
      new Method<>(304, "compute.status", Nothing.CODEC, ComputeStatus.CODEC, true);

  /// Brings back what is lost of a value by running the transactions again that made it.
  ///
  /// **Errors:** as for [#RUN]; [io.kogluktualuk.fabric.fault.NotFound] when something of it
  /// cannot be computed.
  public static final Method<HealRequest, HealReply> HEAL =
      new Method<>(305, "compute.heal", HealRequest.CODEC, HealReply.CODEC, true);

  /// Tells who waits for a transaction that was handed over, so that a circle of waits through
  /// several nodes is seen on one of them.
  public static final Method<WaitNews, Nothing> WAITS =
      new Method<>(306, "compute.waits", WaitNews.CODEC, Nothing.CODEC, true);

  /// Tells a node's own share of a run that has ended elsewhere, once what was about to end of it
  /// has ended here too, or soon after.
  public static final Method<RunId, Progress> SHARE =
      new Method<>(307, "compute.share", RunId.CODEC, Progress.CODEC, true);

  /// Gives up a transaction that was handed over: nobody waits for it any more where it came from.
  public static final Method<HandedOver, Nothing> DROP =
      new Method<>(308, "compute.drop", HandedOver.CODEC, Nothing.CODEC, true);

  private ComputeMethods() {}
}
