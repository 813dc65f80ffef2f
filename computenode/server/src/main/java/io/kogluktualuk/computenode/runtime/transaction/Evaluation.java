package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.namespace.Source;
import io.kogluktualuk.computenode.runtime.namespace.Thunks;
import io.kogluktualuk.computenode.runtime.namespace.TreeCache;
import io.kogluktualuk.computenode.runtime.store.Recipes;
import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.computenode.runtime.store.Worth;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.blob.TreeBuilder;
import io.kogluktualuk.fabric.blob.TreeEdit;
import io.kogluktualuk.fabric.blob.TreePage;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import io.kogluktualuk.fabric.namespace.Resolution;
import io.kogluktualuk.fabric.namespace.Thunk;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// Computes what one transaction, or one binding, needs: begins subtransactions, waits for them,
/// and puts their values together.
///
/// **Threading:** the thread of its owner, but for [#stopWaiting]. **Ownership:** holds
/// everything it has begun until [#release].
final class Evaluation implements Thunks {

  /// A path that no tree can lead to without being deeper than any namespace.
  private static final int DEPTH_MAX = NamePath.DEPTH_MAX;

  private final Engine engine;
  private final Pending owner;
  private final Run run;
  private final Limits limits;
  private final int depth;
  private final @Nullable SlotHolder slot;
  private final Recall recall;
  private final Shelf blobs;
  private final TreeCache trees;
  private final Map<ThunkAt, Pending> begun = new HashMap<>();
  private final List<Pending> held = new ArrayList<>();
  private volatile @Nullable CompletableFuture<Settled> current;
  private volatile boolean isStopped;

  private record ThunkAt(Hash root, Hash thunk) {}

  /// @param owner who waits, as far as others can see
  /// @param slot given back while waiting; null for an owner that holds none
  /// @param recall how far the outcomes of what it begins are believed
  Evaluation(
      Engine engine,
      Pending owner,
      Run run,
      Limits limits,
      int depth,
      @Nullable SlotHolder slot,
      Recall recall) {
    this.engine = engine;
    this.owner = owner;
    this.run = run;
    this.limits = limits;
    this.depth = depth;
    this.slot = slot;
    this.recall = recall;
    Shelf store = engine.blobsOf(run, recall);
    this.blobs =
        new HealingBlobs(store, new Healer(store, engine.index(), this::values, this::flyAgain));
    this.trees = engine.trees();
  }

  Limits limits() {
    return limits;
  }

  int depth() {
    return depth;
  }

  Recall recall() {
    return recall;
  }

  /// The store to read from: what was lost and can be computed again is there.
  Shelf blobs() {
    return blobs;
  }

  @Override
  public Promise start(Ref root, Ref thunk) {
    ThunkAt place = new ThunkAt(root.hash(), thunk.hash());
    Pending known = begun.get(place);
    if (known == null) {
      known = begin(root, thunk);
      begun.put(place, known);
    }
    return known;
  }

  private Pending begin(Ref root, Ref ref) {
    Thunk thunk = Thunk.decode(ref.hash().toHex(), blobs.get(ref.hash()).toArray());
    List<Thunk.Input> inputs = thunk.inputs();
    if (inputs == null) {
      return fly(root, thunk.argv());
    }
    List<Source.Input> sources = new ArrayList<>(inputs.size());
    for (Thunk.Input input : inputs) {
      NamePath path = NamePath.parse(input.path());
      sources.add(
          new Source.Input(NamePath.parse(input.as()), input.path(), new Source.At(root, path)));
    }
    return startNarrowed(thunk.argv(), sources);
  }

  @Override
  public Pending startNarrowed(List<String> argv, List<Source.Input> inputs) {
    if (inputs.stream().allMatch(input -> isThere(input.source()))
        && namespaceOf(inputs) instanceof Evaluable(Ref namespace)) {
      return fly(namespace, argv);
    }
    return hold(engine.bind(run, this, argv, inputs));
  }

  /// Whether a source can be evaluated without waiting for anything.
  private boolean isThere(Source source) {
    return switch (source) {
      case Source.Stored(Ref ref, _) -> trees.isPure(ref);
      case Source.At(Ref root, NamePath path) ->
          resolve(root, path) instanceof Resolution.Found(Ref ref) && trees.isPure(ref);
      case Source.Made(var entries) -> entries.values().stream().allMatch(this::isThere);
      case Source.Promised _, Source.Missing _ -> false;
    };
  }

  /// Begins a subtransaction.
  Pending fly(Ref namespace, List<String> argv) {
    Transaction transaction = Transaction.of(namespace, argv, limits);
    return hold(engine.fly(transaction, run, depth + 1, recall));
  }

  /// Runs a transaction again, whatever is known of it.
  private Settled flyAgain(Transaction transaction) {
    return waitFor(hold(engine.fly(transaction, run, depth + 1, Recall.NEVER)));
  }

  /// The values that there are of what has been begun, the latest first, and what the owner sees.
  private Collection<Ref> values() {
    List<Ref> values = new ArrayList<>();
    for (Pending pending : held.reversed()) {
      Thunks.Value value = pending.valueNow();
      if (value instanceof Computed(_, Ref output)) {
        values.add(output);
      }
    }
    Ref namespace = owner.namespace();
    if (namespace != null) {
      values.add(namespace);
    }
    return values;
  }

  /// The engine has counted us as a holder.
  private Pending hold(Pending pending) {
    held.add(pending);
    return pending;
  }

  @Override
  public Value await(Promise promise) {
    return waitFor((Pending) promise).value();
  }

  /// Waits; gives the slot back meanwhile.
  ///
  /// @throws SelfDependence when the owner's own outcome is needed for it
  /// @throws FabricException when it could not be computed here, or nobody wants it any more
  Settled waitFor(Pending target) {
    Settled settled = target.isSettled() ? get(target.settled()) : parked(target);
    Hash own = owner.key();
    if (own != null && settled.cycle().contains(own)) {
      throw new SelfDependence(settled.cycle());
    }
    return settled;
  }

  private Settled parked(Pending target) {
    if (target instanceof Flight flight) {
      flight.begin();
    }
    Set<Hash> cycle = engine.waits().add(owner, target);
    if (cycle != null) {
      throw new SelfDependence(cycle);
    }
    try {
      CompletableFuture<Settled> wait = target.settled().copy();
      current = wait;
      if (isStopped) {
        throw new Refused("cancelled while waiting");
      }
      return slot == null ? get(wait) : slot.whileFree(() -> get(wait));
    } finally {
      current = null;
      engine.waits().remove(owner, target);
    }
  }

  private static Settled get(CompletableFuture<Settled> wait) {
    try {
      return wait.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FabricException reason) {
        throw FabricException.ofTag(reason.tag(), String.valueOf(reason.getMessage()));
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for a subtransaction", e);
    }
  }

  /// Ends the wait, and those to come. **Threading:** any thread.
  void stopWaiting() {
    isStopped = true;
    CompletableFuture<Settled> wait = current;
    if (wait != null) {
      wait.completeExceptionally(new Refused("cancelled while waiting"));
    }
  }

  /// Lets go of everything that was begun.
  void release() {
    held.forEach(Pending::release);
    held.clear();
  }

  /// Begins all thunks that can be seen without waiting.
  void startAll(Source source) {
    switch (source) {
      case Source.At(Ref root, NamePath path) -> {
        switch (resolve(root, path)) {
          case Resolution.Found(Ref ref) -> startThunks(root, ref, 0);
          case Resolution.Blocked(_, Ref thunk) -> start(root, thunk);
          case Resolution.Absent _, Resolution.NotADirectory _ -> {}
        }
      }
      case Source.Stored(Ref ref, Ref root) -> startThunks(root, ref, 0);
      case Source.Made(var entries) -> entries.values().forEach(this::startAll);
      case Source.Promised _, Source.Missing _ -> {}
    }
  }

  private void startThunks(Ref root, Ref ref, int level) {
    if (ref.kind() == Kind.THUNK) {
      start(root, ref);
    } else if (!trees.isPure(ref) && level < DEPTH_MAX) {
      switch (trees.get(blobs, ref)) {
        case Tree tree -> tree.children().forEach(child -> startThunks(root, child, level + 1));
        case TreePage page -> page.children().forEach(piece -> startThunks(root, piece, level));
      }
    }
  }

  @Override
  public Evaluated evaluate(Source source) {
    startAll(source);
    return value(source);
  }

  /// The namespace of a narrowed transaction: the values of its inputs and nothing else.
  Evaluated namespaceOf(List<Source.Input> inputs) {
    Ref whole = null;
    Map<NamePath, Ref> parts = new HashMap<>();
    for (Source.Input input : inputs) {
      switch (value(input.source())) {
        case Unevaluable(String reason) -> {
          return new Unevaluable("input " + input.path() + ": " + reason);
        }
        case Evaluable(Ref ref) -> {
          if (input.as().isRoot()) {
            whole = ref;
          } else {
            parts.put(input.as(), ref);
          }
        }
      }
    }
    return assemble(whole, parts);
  }

  private Evaluated assemble(@Nullable Ref whole, Map<NamePath, Ref> parts) {
    if (whole != null && whole.kind() != Kind.TREE) {
      return new Unevaluable("the input named / is a " + whole.kind().word() + ", not a directory");
    }
    if (whole != null && parts.isEmpty()) {
      return new Evaluable(whole);
    }
    try {
      NamespaceEditor editor = new NamespaceEditor(new Recipes(blobs), whole);
      parts.keySet().stream().sorted().forEach(path -> bind(editor, path, parts));
      Ref namespace = editor.write();
      trees.addPure(namespace);
      return new Evaluable(namespace);
    } catch (Conflict e) {
      return new Unevaluable("the inputs do not fit together: " + e.getMessage());
    }
  }

  private static void bind(NamespaceEditor editor, NamePath path, Map<NamePath, Ref> parts) {
    Ref ref = parts.get(path);
    if (ref != null) {
      editor.bind(path, ref);
    }
  }

  private Evaluated value(Source source) {
    return switch (source) {
      case Source.At(Ref root, NamePath path) -> valueAt(root, path);
      case Source.Stored(Ref ref, Ref root) -> deep(root, ref, 0);
      case Source.Promised(Promise promise, List<String> below) -> below(await(promise), below);
      case Source.Missing(String reason) -> new Unevaluable(reason);
      case Source.Made(var entries) -> {
        Map<String, Ref> refs = new HashMap<>();
        for (Map.Entry<String, Source> entry : entries.entrySet()) {
          Evaluated value = value(entry.getValue());
          if (!(value instanceof Evaluable(Ref ref))) {
            yield value;
          }
          refs.put(entry.getKey(), ref);
        }
        yield new Evaluable(store(refs));
      }
    };
  }

  private Evaluated valueAt(Ref root, NamePath path) {
    return switch (resolve(root, path)) {
      case Resolution.Found(Ref ref) -> deep(root, ref, 0);
      case Resolution.Absent(NamePath missing) -> new Unevaluable(missing + " is not there");
      case Resolution.NotADirectory(NamePath file) -> new Unevaluable(file + " is not a directory");
      case Resolution.Blocked(NamePath at, Ref thunk) ->
          below(await(start(root, thunk)), path.names().subList(at.names().size(), names(path)));
    };
  }

  private static int names(NamePath path) {
    return path.names().size();
  }

  /// What stands below an output, which holds no thunks.
  private Evaluated below(Value value, List<String> names) {
    return switch (value) {
      case Failed(_, String reason) -> new Unevaluable(reason);
      case Computed(_, Ref output) ->
          resolve(output, new NamePath(names)) instanceof Resolution.Found(Ref ref)
              ? new Evaluable(ref)
              : new Unevaluable("there is no " + String.join("/", names) + " in the output");
    };
  }

  /// A value with all thunks in it replaced by what they come to.
  private Evaluated deep(Ref root, Ref ref, int level) {
    if (ref.kind() == Kind.THUNK) {
      return below(await(start(root, ref)), List.of());
    }
    if (trees.isPure(ref)) {
      return new Evaluable(ref);
    }
    if (level >= DEPTH_MAX) {
      return new Unevaluable("its directories are nested deeper than " + DEPTH_MAX);
    }
    Map<String, Optional<Ref>> changes = new HashMap<>();
    Unevaluable failed = deepEntries(root, ref, level, changes);
    if (failed != null) {
      return failed;
    }
    List<Blob> made = new ArrayList<>();
    Ref pure = TreeEdit.apply(trees.pieces(blobs), ref, changes, made::add);
    blobs.put(made, Worth.RECIPE);
    trees.addPure(pure);
    return new Evaluable(pure);
  }

  /// Finds the entries of a directory, or of a piece of one, that hold thunks, and what becomes of
  /// them. A piece in which none does is pure from then on.
  private @Nullable Unevaluable deepEntries(
      Ref root, Ref piece, int level, Map<String, Optional<Ref>> changes) {
    int before = changes.size();
    switch (trees.get(blobs, piece)) {
      case Tree tree -> {
        // In canonical order, so that the first to fail is the same on every host.
        for (int i = 0; i < tree.size(); i++) {
          Ref ref = tree.ref(i);
          switch (deep(root, ref, level + 1)) {
            case Evaluable(Ref child) when child.equals(ref) -> {}
            case Evaluable(Ref child) -> changes.put(tree.name(i), Optional.of(child));
            case Unevaluable failed -> {
              return failed;
            }
          }
        }
      }
      case TreePage page -> {
        for (Ref part : page.children()) {
          Unevaluable failed = trees.isPure(part) ? null : deepEntries(root, part, level, changes);
          if (failed != null) {
            return failed;
          }
        }
      }
    }
    if (changes.size() == before) {
      trees.addPure(piece);
    }
    return null;
  }

  private Ref store(Map<String, Ref> entries) {
    List<Blob> made = new ArrayList<>();
    Ref ref = TreeBuilder.write(entries, made::add);
    blobs.put(made, Worth.RECIPE);
    trees.addPure(ref);
    return ref;
  }

  /// As [Resolution#of], with the trees of the cache.
  private Resolution resolve(Ref root, NamePath path) {
    Ref here = root;
    List<String> names = path.names();
    for (int i = 0; i < names.size(); i++) {
      switch (here.kind()) {
        case BLOB, LIST -> {
          return new Resolution.NotADirectory(new NamePath(names.subList(0, i)));
        }
        case THUNK -> {
          return new Resolution.Blocked(new NamePath(names.subList(0, i)), here);
        }
        case TREE -> {
          Ref next = trees.view(blobs, here).get(names.get(i));
          if (next == null) {
            return new Resolution.Absent(new NamePath(names.subList(0, i + 1)));
          }
          here = next;
        }
      }
    }
    return new Resolution.Found(here);
  }
}
