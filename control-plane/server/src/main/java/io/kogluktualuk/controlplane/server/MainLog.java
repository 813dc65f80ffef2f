package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.controlplane.model.Envelope;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.Reply;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How calls change and see what is in the main log.
///
/// **Threading:** any thread.
///
/// @param timeout how long an entry may take to be agreed on
record MainLog(ReplicatedLog log, Proposer proposer, Duration timeout) {

  /// Has one command done, in the name of its caller.
  ///
  /// @param request null when it does no harm to do it twice
  /// @return the reply of the table
  byte[] propose(Caller caller, @Nullable RequestId request, Proposal command) {
    Proposal enveloped = new Envelope(request, caller.toString(), command).toProposal();
    return propose(enveloped);
  }

  /// Has one command done, in nobody's name.
  byte[] propose(Proposal command) {
    List<Reply> replies = proposer.propose(List.of(command), CallTime.within(timeout));
    return replies.getFirst().orThrow();
  }

  /// Sees everything that was acknowledged before the call.
  <T> T read(Supplier<T> query) {
    log.barrier(CallTime.within(timeout));
    return log.read(query);
  }
}
