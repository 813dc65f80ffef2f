package io.kogluktualuk.controlplane.model.roots;

import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.model.Decision;
import io.kogluktualuk.controlplane.model.Effect;
import io.kogluktualuk.controlplane.model.Moment;
import io.kogluktualuk.controlplane.model.Table;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which names there are, and what they name.
///
/// Revisions are counted over all roots together, so a root that is taken away and set again never
/// looks like the one before.
///
/// **Threading:** as [Table]. **Bound:** [#ROOTS_MAX].
/// **Invariant:** the revision grows by one with every change, and never otherwise.
public final class RootsTable implements Table<RootsCommand, RootsChange> {

  public static final int NUMBER = 5;
  public static final int ROOTS_MAX = 100_000;

  /// Hears which roots have changed, or may have, after they have.
  ///
  /// **Threading:** called by who applies the log; must not block.
  public interface Listener {
    void changed(RootName name);
  }

  private final NavigableMap<RootName, Root> roots = new TreeMap<>();
  private Listener listener = _ -> {};
  private long revision;

  /// Names who hears of changes from now on, instead of whoever did. It is no part of the state.
  public void tell(Listener who) {
    listener = who;
  }

  @Override
  public int number() {
    return NUMBER;
  }

  @Override
  public RootsCommand readCommand(CanonicalReader reader) {
    return RootsCommand.read(reader);
  }

  @Override
  public RootsChange readChange(CanonicalReader reader) {
    return RootsChange.read(reader);
  }

  @Override
  public Decision<RootsChange> decide(RootsCommand ask, Moment at) {
    Root found = roots.get(ask.name());
    checkExpected(ask, found);
    Ref ref = ask.ref();
    byte[] reply = new CanonicalWriter().varint(revision + 1).toBytes();
    if (ref == null) {
      if (found == null) {
        throw new NotFound("there is no root " + ask.name());
      }
      return new Decision<>(
          List.of(new RootsChange.Removed(ask.name(), revision + 1)),
          reply,
          List.of(new Effect.Audited("root.remove", ask.name() + " was " + found.ref())));
    }
    if (found == null && roots.size() >= ROOTS_MAX) {
      throw new OutOfSpace("there are " + ROOTS_MAX + " roots already; take some away first");
    }
    Root root = new Root(ask.name(), revision + 1, ref, at.proposedAtMillis());
    return new Decision<>(
        List.of(new RootsChange.Set(root)),
        reply,
        List.of(
            new Effect.Audited(
                "root.set",
                ask.name() + " = " + ref + (found == null ? "" : " was " + found.ref()))));
  }

  /// Reads the reply: the revision of the change.
  public static long readReply(byte[] reply) {
    CanonicalReader reader = new CanonicalReader("reply of the roots table", reply);
    long reached = reader.varint();
    reader.end();
    return reached;
  }

  @Override
  public void replay(RootsChange change) {
    switch (change) {
      case RootsChange.Set(Root root) -> {
        roots.put(root.name(), root);
        revision = Math.max(revision, root.revision());
        listener.changed(root.name());
      }
      case RootsChange.Removed(RootName name, long reached) -> {
        roots.remove(name);
        revision = reached;
        listener.changed(name);
      }
      case RootsChange.Reached(long reached) -> revision = reached;
    }
  }

  @Override
  public Consumer<ChangeWriter> freeze() {
    List<Root> frozen = List.copyOf(roots.values());
    long reached = revision;
    return writer -> {
      frozen.forEach(root -> writer.write(new RootsChange.Set(root).toBytes()));
      writer.write(new RootsChange.Reached(reached).toBytes());
    };
  }

  @Override
  public void clear() {
    List<RootName> gone = List.copyOf(roots.keySet());
    roots.clear();
    gone.forEach(listener::changed);
    revision = 0;
  }

  public long revision() {
    return revision;
  }

  public @Nullable Root find(RootName name) {
    return roots.get(name);
  }

  /// At most `max` roots in the order of their names, after one of them or from the first.
  public List<Root> page(@Nullable RootName after, int max) {
    NavigableMap<RootName, Root> rest = after == null ? roots : roots.tailMap(after, false);
    return rest.values().stream().limit(max).toList();
  }

  private static void checkExpected(RootsCommand ask, @Nullable Root found) {
    long revision = found == null ? 0 : found.revision();
    if (ask.expectedRevision() != null && ask.expectedRevision() != revision) {
      throw new Conflict(
          "root "
              + ask.name()
              + (found == null
                  ? " does not exist"
                  : " has revision " + revision + " and names " + found.ref())
              + "; expected "
              + (ask.expectedRevision() == 0
                  ? "none of that name"
                  : "revision " + ask.expectedRevision()));
    }
  }
}
