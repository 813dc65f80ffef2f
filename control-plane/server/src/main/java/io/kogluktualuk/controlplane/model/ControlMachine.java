package io.kogluktualuk.controlplane.model;

import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.controlplane.model.actions.MemoTable;
import io.kogluktualuk.controlplane.model.audit.AuditTable;
import io.kogluktualuk.controlplane.model.credits.CreditsTable;
import io.kogluktualuk.controlplane.model.leases.LeasesTable;
import io.kogluktualuk.controlplane.model.members.MembersTable;
import io.kogluktualuk.controlplane.model.pins.PinsTable;
import io.kogluktualuk.controlplane.model.requests.Answered;
import io.kogluktualuk.controlplane.model.requests.RequestsTable;
import io.kogluktualuk.controlplane.model.roots.RootsTable;
import io.kogluktualuk.controlplane.model.traces.TraceTable;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.FabricException.Category;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.paxoslog.api.Snapshot;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/// The tables of the control plane behind one log.
///
/// A snapshot is a version and the changes that make up each table, table by table; loading
/// replays them, so that there is no second way in which state can come about.
///
/// What a command means for other tables than its own, [Effect]s, happens in the same step: a
/// node that is forgotten has given its credits back and stands in the audit log by the time
/// anybody can ask.
///
/// **Threading:** as [StateMachine].
public final class ControlMachine implements StateMachine {

  /// Which tables a log hosts. The clock and the requests are in each.
  public enum Hosted {
    /// All of them: a cluster whose memo index is not cut into shards.
    EVERYTHING,
    /// All but the memo index, whose shards have logs of their own.
    ALL_BUT_MEMOS,
    /// A shard of the memo index. Its disagreements are counted but not in the audit log, which is
    /// elsewhere.
    MEMOS
  }

  private final LogClock clock = new LogClock();
  private final RequestsTable requests = new RequestsTable();
  private final MembersTable members = new MembersTable();
  private final MemoTable memos = new MemoTable(this::tracesBytes);
  private final TraceTable traces = new TraceTable(this::tracesBytesMax);
  private final LeasesTable leases = new LeasesTable();
  private final CreditsTable credits = new CreditsTable(members::contains);
  private final RootsTable roots = new RootsTable();
  private final AuditTable audit = new AuditTable();
  private final PinsTable pins = new PinsTable();
  private final List<Table<?, ?>> tables;
  private final boolean hasAudit;

  public ControlMachine() {
    this(Hosted.EVERYTHING);
  }

  public ControlMachine(Hosted hosted) {
    hasAudit = hosted != Hosted.MEMOS;
    tables =
        switch (hosted) {
          case EVERYTHING ->
              List.of(members, memos, traces, leases, credits, roots, audit, pins, requests, clock);
          case ALL_BUT_MEMOS ->
              List.of(members, leases, credits, roots, audit, pins, requests, clock);
          case MEMOS -> List.of(memos, traces, requests, clock);
        };
  }

  public MembersTable members() {
    return members;
  }

  private long tracesBytes() {
    return traces.chargedBytes();
  }

  private long tracesBytesMax() {
    return memos.tracesBytesMax(TraceTable.LIMIT_PART);
  }

  public MemoTable memos() {
    return memos;
  }

  public TraceTable traces() {
    return traces;
  }

  public LeasesTable leases() {
    return leases;
  }

  public CreditsTable credits() {
    return credits;
  }

  public RootsTable roots() {
    return roots;
  }

  public AuditTable audit() {
    return audit;
  }

  public PinsTable pins() {
    return pins;
  }

  /// The log's own time, as of the last entry.
  public long elapsedMillis() {
    return clock.elapsedMillis();
  }

  @Override
  public byte[] apply(long index, byte[] bytes) {
    ControlEntry entry = ControlEntry.of(bytes);
    Moment at = clock.advance(entry.proposedAtMillis());
    List<Reply> replies = new ArrayList<>(entry.proposals().size());
    for (Proposal proposal : entry.proposals()) {
      replies.add(
          proposal.table() == Envelope.NUMBER
              ? open(proposal.command(), at)
              : decide(table(proposal.table()), proposal, Envelope.FABRIC, at));
    }
    return Reply.encode(replies);
  }

  @Override
  public Snapshot snapshot() {
    return ChangeFrames.freeze(tables);
  }

  @Override
  public void load(InputStream source) throws IOException {
    tables.forEach(Table::clear);
    ChangeFrames.read(source, (number, reader) -> replay(table(number), reader));
  }

  /// Does what is in an envelope, unless it was done before.
  private Reply open(byte[] bytes, Moment at) {
    Envelope envelope;
    byte[] known = null;
    try {
      envelope = Envelope.of(bytes);
      if (envelope.request() != null) {
        known = requests.answerTo(envelope.request());
      }
    } catch (MalformedEncoding | Refused fault) {
      return Reply.refused(fault);
    }
    if (known != null) {
      return Reply.decode(known).getFirst();
    }
    Proposal command = envelope.command();
    Reply reply = decide(table(command.table()), command, envelope.who(), at);
    RequestId request = envelope.request();
    if (request != null) {
      byte[] answer = Reply.encode(List.of(reply));
      requests.replay(new Answered(request, at.elapsedMillis(), answer));
    }
    return reply;
  }

  private <C, X> Reply decide(Table<C, X> table, Proposal proposal, String who, Moment at) {
    Decision<X> decision;
    try {
      CanonicalReader reader = new CanonicalReader("command", proposal.command());
      C command = table.readCommand(reader);
      reader.end();
      decision = table.decide(command, at);
    } catch (FabricException fault) {
      if (fault.category() == Category.FATAL) {
        throw new Corruption(
            "table " + table.number() + " is broken: " + fault.getMessage(), fault);
      }
      return Reply.refused(fault);
    }
    decision.changes().forEach(table::replay);
    decision.effects().forEach(effect -> spread(effect, who, at));
    return new Reply.Done(decision.reply());
  }

  private void spread(Effect effect, String who, Moment at) {
    switch (effect) {
      case Effect.Audited audited -> {
        if (hasAudit) {
          audit.replay(audit.entry(who, audited, at));
        }
      }
      case Effect.Departed(var node) -> credits.departed(node).forEach(credits::replay);
    }
  }

  private static <C, X> void replay(Table<C, X> table, CanonicalReader reader) {
    table.replay(table.readChange(reader));
  }

  private Table<?, ?> table(int number) {
    for (Table<?, ?> table : tables) {
      if (table.number() == number) {
        return table;
      }
    }
    throw new MalformedEncoding("no table has number " + number);
  }
}
