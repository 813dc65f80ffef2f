package io.kogluktualuk.controlplane.model;

import io.kogluktualuk.controlplane.model.actions.MemoTable;
import io.kogluktualuk.controlplane.model.members.MembersTable;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.FabricException.Category;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.paxoslog.api.Snapshot;
import io.kogluktualuk.paxoslog.api.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/// All tables of the control plane behind one log.
///
/// A snapshot is a version and the changes that make up each table, table by table; loading replays
/// them, so that there is no second way in which state can come about.
///
/// **Threading:** as [StateMachine].
public final class ControlMachine implements StateMachine {

  private final MembersTable members = new MembersTable();
  private final MemoTable memos = new MemoTable();
  private final List<Table<?, ?>> tables = List.of(members, memos);

  public MembersTable members() {
    return members;
  }

  public MemoTable memos() {
    return memos;
  }

  @Override
  public byte[] apply(long index, byte[] bytes) {
    ControlEntry entry = ControlEntry.of(bytes);
    List<Reply> replies = new ArrayList<>(entry.proposals().size());
    for (Proposal proposal : entry.proposals()) {
      replies.add(decide(table(proposal.table()), proposal, entry.proposedAtMillis()));
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

  private static <C, X> Reply decide(Table<C, X> table, Proposal proposal, long atMillis) {
    Decision<X> decision;
    try {
      CanonicalReader reader = new CanonicalReader("command", proposal.command());
      C command = table.readCommand(reader);
      reader.end();
      decision = table.decide(command, atMillis);
    } catch (FabricException fault) {
      if (fault.category() == Category.FATAL) {
        throw new Corruption(
            "table " + table.number() + " is broken: " + fault.getMessage(), fault);
      }
      return Reply.refused(fault);
    }
    decision.changes().forEach(table::replay);
    return new Reply.Done(decision.reply());
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
