package io.kogluktualuk.controlplane.model.members;

import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Table;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who belongs to the fabric.
///
/// A node that comes to the address of another of the same role takes its place: nobody else can be
/// answering there. So a node whose folder was wiped, and that has a fresh id, leaves no ghost.
///
/// **Threading:** as [Table]. **Bound:** [#MEMBERS_MAX].
/// **Invariant:** the epoch grows by one with every change, and never otherwise.
public final class MembersTable implements Table<MembersCommand, MembersChange> {

  public static final int NUMBER = 1;
  public static final int MEMBERS_MAX = 10_000;

  private final NavigableMap<NodeId, MemberInfo> members = new TreeMap<>();
  private long epoch;

  @Override
  public int number() {
    return NUMBER;
  }

  @Override
  public MembersCommand readCommand(CanonicalReader reader) {
    return MembersCommand.read(reader);
  }

  @Override
  public MembersChange readChange(CanonicalReader reader) {
    return MembersChange.read(reader);
  }

  @Override
  public Decision<MembersChange> decide(MembersCommand command, long proposedAtMillis) {
    List<MembersChange> changes =
        switch (command) {
          case MembersCommand.Register register -> decideRegister(register.info());
          case MembersCommand.Forget forget ->
              members.containsKey(forget.id())
                  ? List.of(new MembersChange.Left(forget.id(), epoch + 1))
                  : List.of();
        };
    long after = changes.isEmpty() ? epoch : changes.getLast().epoch();
    return new Decision<>(changes, new CanonicalWriter().varint(after).toBytes());
  }

  /// Reads the reply to any members command: the epoch.
  public static long readReply(byte[] reply) {
    CanonicalReader reader = new CanonicalReader("reply of the members table", reply);
    long after = reader.varint();
    reader.end();
    return after;
  }

  @Override
  public void replay(MembersChange change) {
    switch (change) {
      case MembersChange.Joined joined -> members.put(joined.info().id(), joined.info());
      case MembersChange.Left left -> members.remove(left.id());
      case MembersChange.Reached _ -> {}
    }
    epoch = change.epoch();
  }

  @Override
  public Consumer<ChangeWriter> freeze() {
    List<MemberInfo> frozen = List.copyOf(members.values());
    long frozenEpoch = epoch;
    return writer -> {
      for (MemberInfo info : frozen) {
        writer.write(new MembersChange.Joined(info, frozenEpoch).toBytes());
      }
      writer.write(new MembersChange.Reached(frozenEpoch).toBytes());
    };
  }

  @Override
  public void clear() {
    members.clear();
    epoch = 0;
  }

  public long epoch() {
    return epoch;
  }

  public int size() {
    return members.size();
  }

  public boolean contains(NodeId id) {
    return members.containsKey(id);
  }

  /// At most `max` members in the order of their ids, after one of them or from the first.
  public List<MemberInfo> page(@Nullable NodeId after, int max) {
    NavigableMap<NodeId, MemberInfo> rest = after == null ? members : members.tailMap(after, false);
    return rest.values().stream().limit(max).toList();
  }

  private List<MembersChange> decideRegister(MemberInfo info) {
    MemberInfo known = members.get(info.id());
    if (info.equals(known)) {
      return List.of();
    }
    if (known != null && known.role() != info.role()) {
      throw new Conflict(
          "node "
              + info.id()
              + " is a "
              + known.role()
              + " member; it cannot become "
              + info.role());
    }
    List<MembersChange> changes = new ArrayList<>();
    for (MemberInfo other : members.values()) {
      if (takesPlaceOf(info, other)) {
        changes.add(new MembersChange.Left(other.id(), epoch + 1 + changes.size()));
      }
    }
    if (known == null && members.size() - changes.size() >= MEMBERS_MAX) {
      throw new OutOfSpace("there are " + MEMBERS_MAX + " members already; forget some first");
    }
    changes.add(new MembersChange.Joined(info, epoch + 1 + changes.size()));
    return changes;
  }

  private static boolean takesPlaceOf(MemberInfo newcomer, MemberInfo other) {
    return other.role() == newcomer.role()
        && other.address().equals(newcomer.address())
        && !other.id().equals(newcomer.id());
  }
}
