package io.kogluktualuk.fabric.client;

import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.api.SetRoot;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The names of a tenant's values: whatever a named value reaches stays until the name is taken
/// away. From [Fabric#roots].
///
/// {@snippet file="Roots.java" region="set"}
///
/// A name is a path such as `releases/2026-03/x86`: parts of letters, digits and `.-_+@` between
/// slashes, 255 characters at most. Each change of any root has a greater revision than the ones
/// before. Each is agreed on by the control nodes before a call returns, takes effect once however
/// often it had to be asked for, and is in the audit log.
///
/// **Threading:** any thread. **Ownership:** belongs to its [Fabric].
/// **Errors:** [io.kogluktualuk.fabric.fault.InvalidArgument] for what is no name;
/// [io.kogluktualuk.fabric.fault.Conflict] when a root has another revision than was expected.
public final class Roots {

  private final Session session;
  private final TimeLimit limit;

  Roots(Session session, TimeLimit limit) {
    this.session = session;
    this.limit = limit;
  }

  /// What a name stands for now; null when it stands for nothing.
  public @Nullable Root get(String name) {
    RootName root = name(name);
    return limit
        .call(() -> Optional.ofNullable(session.control.root(root)))
        .map(Root::of)
        .orElse(null);
  }

  /// All of them, in the order of their names.
  public List<Root> all() {
    return limit.call(() -> session.roots().stream().map(Root::of).toList());
  }

  /// Gives a name to a value, whatever it has named before. What is lost of the value is computed
  /// again first, where that can be done.
  ///
  /// @return the revision of this change
  /// @throws io.kogluktualuk.fabric.fault.NotFound when parts of the value are lost, and nobody
  ///     can make them again: the name is not set then
  public long set(String name, Ref value) {
    return change(name, null, value);
  }

  /// As [#set], if nobody else was faster.
  ///
  /// {@snippet file="Roots.java" region="set"}
  ///
  /// When the time is over first, nobody knows whether it was made:
  ///
  /// {@snippet file="Failing.java" region="change"}
  ///
  /// @param expected the revision that the root must have; 0 when there must be no such root
  /// @throws io.kogluktualuk.fabric.fault.Conflict when it has another one: nothing is changed then
  public long compareAndSet(String name, long expected, Ref value) {
    return change(name, expected, value);
  }

  private long change(String name, @Nullable Long expected, Ref value) {
    RootName root = name(name);
    return limit.call(
        () -> session.rootKeeper().set(session.requests.next(), root, expected, value));
  }

  /// Takes a name away, if it is there; what it has named is collected when nothing else keeps it.
  ///
  /// @return the revision of this change
  public long remove(String name) {
    return take(name, null);
  }

  /// As [#remove], if nobody else was faster.
  ///
  /// @param expected the revision that the root must have
  /// @throws io.kogluktualuk.fabric.fault.Conflict when it has another one
  public long compareAndRemove(String name, long expected) {
    return take(name, expected);
  }

  private long take(String name, @Nullable Long expected) {
    RootName root = name(name);
    return limit.call(
        () -> session.control.setRoot(new SetRoot(session.requests.next(), root, expected, null)));
  }

  /// Changes the namespace that a root names, in as many new trees as the changed paths are deep;
  /// makes the change again when somebody else was faster. Only what differs is looked at and
  /// pinned: what a root has named already stays.
  ///
  /// {@snippet file="Roots.java" region="edit"}
  ///
  /// @param change may be called several times
  /// @throws io.kogluktualuk.fabric.fault.NotFound when there is no such root
  /// @throws io.kogluktualuk.fabric.fault.InvalidArgument when the root names something else than
  ///     a tree
  public RootEdit edit(String name, Consumer<NamespaceEditor> change) {
    return edit(name, false, change);
  }

  /// As [#edit], of an empty namespace when there is no such root.
  public RootEdit editOrCreate(String name, Consumer<NamespaceEditor> change) {
    return edit(name, true, change);
  }

  private RootEdit edit(String name, boolean make, Consumer<NamespaceEditor> change) {
    RootName root = name(name);
    return limit.call(() -> session.rootEditor().edit(root, make, change));
  }

  /// Hears of each change of a root from now on; of what it names now, at once, if it exists.
  ///
  /// {@snippet file="Roots.java" region="watch"}
  public RootWatch watch(String name) {
    return watch(name, 0);
  }

  /// As [#watch(String)], for who knows a revision of it already: hears of what is not that.
  ///
  /// @param seenRevision 0 for who knows that there is none
  public RootWatch watch(String name, long seenRevision) {
    return RootWatch.open(
        session.controlLink, name(name), seenRevision, session.settings.callTimeout());
  }

  private RootName name(String name) {
    return RootName.of(session.settings.tenant().name(), name);
  }
}
