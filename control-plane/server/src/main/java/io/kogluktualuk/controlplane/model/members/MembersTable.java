package io.kogluktualuk.controlplane.model.members;

import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Effect;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.controlplane.model.Table;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who belongs to the fabric.
///
/// A node that comes to the address of another of the same role takes its place: nobody else can
/// be answering there. So a node whose folder was wiped, and that has a fresh id, leaves no
/// ghost.
///
/// A member that was silent for too long is marked as lost, and is still a member: it may come
/// back with all it has, and only being forgotten is for good. Whether it drains is remembered
/// meanwhile.
///
/// **Threading:** as [Table]. **Bound:** [#MEMBERS_MAX]. **Invariant:** the epoch grows by one
/// with every change, and never otherwise.
public final class MembersTable implements Table<MembersCommand, MembersChange> {

  public static final int NUMBER = 1;
  public static final int MEMBERS_MAX = 10_000;

  private final NavigableMap<NodeId, MemberInfo> members = new TreeMap<>();
  private final NavigableSet<NodeId> draining = new TreeSet<>();
  private final NavigableSet<NodeId> lost = new TreeSet<>();
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
  public Decision<MembersChange> decide(MembersCommand command, Moment at) {
    List<MembersChange> changes =
        switch (command) {
          case MembersCommand.Register register -> decideRegister(register.info());
          case MembersCommand.Forget forget ->
              members.containsKey(forget.id())
                  ? List.of(new MembersChange.Left(forget.id(), epoch + 1))
                  : List.of();
          case MembersCommand.Drain(NodeId id, boolean isDraining) ->
              decideMark(id, isDraining, lost.contains(id));
          case MembersCommand.MarkLost(NodeId id) -> decideMark(id, draining.contains(id), true);
          case MembersCommand.Returned(NodeId id) -> decideMark(id, draining.contains(id), false);
        };
    long after = changes.isEmpty() ? epoch : changes.getLast().epoch();
    byte[] reply = new CanonicalWriter().varint(after).toBytes();
    return new Decision<>(
        changes, reply, changes.stream().flatMap(change -> effects(change).stream()).toList());
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
      case MembersChange.Left left -> {
        members.remove(left.id());
        mark(left.id(), false, false);
      }
      case MembersChange.Marked marked -> mark(marked.id(), marked.isDraining(), marked.isLost());
      case MembersChange.Reached _ -> {}
    }
    epoch = change.epoch();
  }

  @Override
  public Consumer<ChangeWriter> freeze() {
    List<MemberInfo> frozen = List.copyOf(members.values());
    List<MembersChange> marks = new ArrayList<>();
    long frozenEpoch = epoch;
    for (NodeId id : members.keySet()) {
      if (draining.contains(id) || lost.contains(id)) {
        marks.add(
            new MembersChange.Marked(id, draining.contains(id), lost.contains(id), frozenEpoch));
      }
    }
    return writer -> {
      for (MemberInfo info : frozen) {
        writer.write(new MembersChange.Joined(info, frozenEpoch).toBytes());
      }
      marks.forEach(mark -> writer.write(mark.toBytes()));
      writer.write(new MembersChange.Reached(frozenEpoch).toBytes());
    };
  }

  @Override
  public void clear() {
    members.clear();
    draining.clear();
    lost.clear();
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

  /// What a member has said about itself; null when there is none with that id.
  public @Nullable MemberInfo find(NodeId id) {
    return members.get(id);
  }

  /// What a member is good for.
  public MemberState stateOf(NodeId id) {
    if (lost.contains(id)) {
      return MemberState.LOST;
    }
    return draining.contains(id) ? MemberState.DRAINING : MemberState.ACTIVE;
  }

  /// At most `max` members in the order of their ids, after one of them or from the first.
  public List<MemberInfo> page(@Nullable NodeId after, int max) {
    NavigableMap<NodeId, MemberInfo> rest = after == null ? members : members.tailMap(after, false);
    return rest.values().stream().limit(max).toList();
  }

  private List<MembersChange> decideRegister(MemberInfo info) {
    MemberInfo known = members.get(info.id());
    if (info.equals(known)) {
      return decideMark(info.id(), draining.contains(info.id()), false);
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
    if (lost.contains(info.id())) {
      boolean isDraining = draining.contains(info.id());
      changes.add(
          new MembersChange.Marked(info.id(), isDraining, false, epoch + 1 + changes.size()));
    }
    return changes;
  }

  private List<MembersChange> decideMark(NodeId id, boolean isDraining, boolean isLost) {
    if (!members.containsKey(id)) {
      throw new NotFound("node " + id + " is not a member");
    }
    boolean isSo = draining.contains(id) == isDraining && lost.contains(id) == isLost;
    return isSo ? List.of() : List.of(new MembersChange.Marked(id, isDraining, isLost, epoch + 1));
  }

  private void mark(NodeId id, boolean isDraining, boolean isLost) {
    if (isDraining) {
      draining.add(id);
    } else {
      draining.remove(id);
    }
    if (isLost) {
      lost.add(id);
    } else {
      lost.remove(id);
    }
  }

  private List<Effect> effects(MembersChange change) {
    return switch (change) {
      case MembersChange.Joined(MemberInfo info, long _) ->
          List.of(
              new Effect.Audited(
                  "member.register", words(info.id(), info) + " at " + info.address()));
      case MembersChange.Left(NodeId id, long _) ->
          List.of(
              new Effect.Departed(id),
              new Effect.Audited("member.forget", words(id, members.get(id))));
      case MembersChange.Marked marked -> List.of(new Effect.Audited(deed(marked), words(marked)));
      case MembersChange.Reached _ -> List.of();
    };
  }

  private String deed(MembersChange.Marked marked) {
    if (marked.isLost() != lost.contains(marked.id())) {
      return marked.isLost() ? "member.lost" : "member.return";
    }
    return marked.isDraining() ? "member.drain" : "member.undrain";
  }

  private String words(MembersChange.Marked marked) {
    return words(marked.id(), members.get(marked.id()));
  }

  private static String words(NodeId id, @Nullable MemberInfo info) {
    return info == null
        ? id.toString()
        : info.role().name().toLowerCase(Locale.ROOT) + " " + info.name() + " (" + id + ")";
  }

  private static boolean takesPlaceOf(MemberInfo newcomer, MemberInfo other) {
    return other.role() == newcomer.role()
        && other.address().equals(newcomer.address())
        && !other.id().equals(newcomer.id());
  }
}
