package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.namespace.Source;
import io.kogluktualuk.computenode.runtime.namespace.Thunks;
import io.kogluktualuk.computenode.runtime.namespace.TreeCache;
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
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.Resolution;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// What sources come to: values that hold no thunks, since all of them are computed and put in
/// their place.
///
/// **Threading:** that of its [Evaluation].
final class Valuation {

  /// A path that no tree can lead to without being deeper than any namespace.
  private static final int DEPTH_MAX = NamePath.DEPTH_MAX;

  private final Evaluation thunks;
  private final Shelf blobs;
  private final TreeCache trees;
  private final Namespaces namespaces;
  private List<Source.Input> latestInputs = List.of();
  private @Nullable Ref latestNamespace;

  /// @param thunks computes them
  Valuation(Evaluation thunks, Shelf blobs, TreeCache trees, Namespaces namespaces) {
    this.thunks = thunks;
    this.blobs = blobs;
    this.trees = trees;
    this.namespaces = namespaces;
  }

  /// Begins all thunks that can be seen without waiting.
  void startAll(Source source) {
    switch (source) {
      case Source.At(Ref root, NamePath path) -> {
        switch (resolve(root, path)) {
          case Resolution.Found(Ref ref) -> startThunks(root, ref, 0);
          case Resolution.Blocked(_, Ref thunk) -> thunks.start(root, thunk);
          case Resolution.Absent _, Resolution.NotADirectory _ -> {}
        }
      }
      case Source.Stored(Ref ref, Ref root) -> startThunks(root, ref, 0);
      case Source.Made(var entries) -> entries.values().forEach(this::startAll);
      case Source.Changed(Ref base, Ref root, var changes) -> {
        changes.values().forEach(change -> change.ifPresent(this::startAll));
        startUnchanged(root, base, changes.keySet());
      }
      case Source.Promised _, Source.Missing _ -> {}
    }
  }

  private void startThunks(Ref root, Ref ref, int level) {
    if (ref.kind() == Kind.THUNK) {
      thunks.start(root, ref);
    } else if (!trees.isPure(ref) && level < DEPTH_MAX) {
      switch (trees.get(blobs, ref)) {
        case Tree tree -> tree.children().forEach(child -> startThunks(root, child, level + 1));
        case TreePage page -> page.children().forEach(piece -> startThunks(root, piece, level));
      }
    }
  }

  /// Begins the thunks of a directory but for those at names that lead elsewhere by now.
  private void startUnchanged(Ref root, Ref piece, Set<String> changed) {
    if (!trees.isPure(piece)) {
      switch (trees.get(blobs, piece)) {
        case Tree tree -> {
          for (int i = 0; i < tree.size(); i++) {
            if (!changed.contains(tree.name(i))) {
              startThunks(root, tree.ref(i), 1);
            }
          }
        }
        case TreePage page -> page.children().forEach(part -> startUnchanged(root, part, changed));
      }
    }
  }

  /// Computes everything in a source and gives its value.
  Thunks.Evaluated evaluate(Source source) {
    startAll(source);
    return value(source);
  }

  /// The namespace of a narrowed transaction, if nothing need be waited for; else null.
  ///
  /// Who binds many programs gives them the same inputs: the latest are remembered.
  @Nullable Ref namespaceNow(List<Source.Input> inputs) {
    Ref namespace = inputs.equals(latestInputs) ? latestNamespace : null;
    if (namespace == null) {
      namespace = assembleNow(inputs);
      latestInputs = inputs;
      latestNamespace = namespace;
    }
    return namespace;
  }

  private @Nullable Ref assembleNow(List<Source.Input> inputs) {
    Ref whole = null;
    Map<NamePath, Ref> parts = HashMap.newHashMap(inputs.size());
    for (Source.Input input : inputs) {
      Ref ref = valueNow(input.source());
      if (ref == null) {
        return null;
      }
      if (input.as().isRoot()) {
        whole = ref;
      } else {
        parts.put(input.as(), ref);
      }
    }
    return assemble(whole, parts) instanceof Thunks.Evaluable(Ref namespace) ? namespace : null;
  }

  /// The values of a thunk's inputs, if nothing need be waited for; else null.
  @Nullable List<Ref> inputsNow(Ref root, StandingThunk thunk) {
    List<Ref> found = new ArrayList<>(thunk.inputs().size());
    for (StandingThunk.Input input : thunk.inputs()) {
      Ref ref = valueNow(root, input.path());
      if (ref == null) {
        return null;
      }
      found.add(ref);
    }
    return found;
  }

  private @Nullable Ref valueNow(Ref root, NamePath path) {
    return resolve(root, path) instanceof Resolution.Found(Ref ref) && trees.isPure(ref)
        ? ref
        : null;
  }

  private @Nullable Ref valueNow(Source source) {
    return switch (source) {
      case Source.Stored(Ref ref, _) -> trees.isPure(ref) ? ref : null;
      case Source.At(Ref root, NamePath path) -> valueNow(root, path);
      case Source.Made made ->
          isThere(made) && value(made) instanceof Thunks.Evaluable(Ref ref) ? ref : null;
      case Source.Changed changed ->
          isThere(changed) && value(changed) instanceof Thunks.Evaluable(Ref ref) ? ref : null;
      case Source.Promised _, Source.Missing _ -> null;
    };
  }

  /// Whether a source can be evaluated without waiting for anything.
  private boolean isThere(Source source) {
    return switch (source) {
      case Source.Made(var entries) -> entries.values().stream().allMatch(this::isThere);
      case Source.Changed(Ref base, _, var changes) ->
          trees.isPure(base)
              && changes.values().stream()
                  .allMatch(value -> value.isEmpty() || isThere(value.get()));
      case Source.At _, Source.Stored _, Source.Promised _, Source.Missing _ ->
          valueNow(source) != null;
    };
  }

  /// The namespace of a narrowed transaction: the values of its inputs and nothing else.
  Thunks.Evaluated namespaceOf(List<Source.Input> inputs) {
    Ref whole = null;
    Map<NamePath, Ref> parts = new HashMap<>();
    for (Source.Input input : inputs) {
      switch (value(input.source())) {
        case Thunks.Unevaluable(String reason) -> {
          return new Thunks.Unevaluable("input " + input.path() + ": " + reason);
        }
        case Thunks.Evaluable(Ref ref) -> {
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

  private Thunks.Evaluated assemble(@Nullable Ref whole, Map<NamePath, Ref> parts) {
    if (whole != null && whole.kind() != Kind.TREE) {
      return new Thunks.Unevaluable(
          "the input named / is a " + whole.kind().word() + ", not a directory");
    }
    if (whole != null && parts.isEmpty()) {
      return new Thunks.Evaluable(whole);
    }
    try {
      Ref namespace = namespaces.of(blobs, whole, parts);
      trees.addPure(namespace);
      return new Thunks.Evaluable(namespace);
    } catch (Conflict e) {
      return new Thunks.Unevaluable("the inputs do not fit together: " + e.getMessage());
    }
  }

  private Thunks.Evaluated value(Source source) {
    return switch (source) {
      case Source.At(Ref root, NamePath path) -> valueAt(root, path);
      case Source.Stored(Ref ref, Ref root) -> deep(root, ref, 0);
      case Source.Promised(Thunks.Promise promise, List<String> below) -> below(promise, below);
      case Source.Missing(String reason) -> new Thunks.Unevaluable(reason);
      case Source.Made(var entries) -> {
        Map<String, Ref> refs = new HashMap<>();
        for (Map.Entry<String, Source> entry : entries.entrySet()) {
          Thunks.Evaluated value = value(entry.getValue());
          if (!(value instanceof Thunks.Evaluable(Ref ref))) {
            yield value;
          }
          refs.put(entry.getKey(), ref);
        }
        yield new Thunks.Evaluable(store(refs));
      }
      case Source.Changed(Ref base, Ref root, var changes) -> changed(base, root, changes);
    };
  }

  /// The changes are computed before what is left of the directory, each in canonical order.
  private Thunks.Evaluated changed(
      Ref base, Ref root, SortedMap<String, Optional<Source>> changes) {
    Map<String, Optional<Ref>> refs = new HashMap<>();
    for (Map.Entry<String, Optional<Source>> change : changes.entrySet()) {
      Optional<Source> source = change.getValue();
      if (source.isEmpty()) {
        refs.put(change.getKey(), Optional.empty());
        continue;
      }
      Thunks.Evaluated value = value(source.get());
      if (!(value instanceof Thunks.Evaluable(Ref ref))) {
        return value;
      }
      refs.put(change.getKey(), Optional.of(ref));
    }
    Ref edited = edited(base, refs);
    if (trees.isPure(base)) {
      trees.addPure(edited); // what was put into it holds no thunks either
    }
    return deep(root, edited, 0);
  }

  private Ref edited(Ref tree, Map<String, Optional<Ref>> changes) {
    List<Blob> made = new ArrayList<>();
    Ref edited = TreeEdit.apply(trees.pieces(blobs), tree, changes, made::add);
    blobs.put(made, Worth.RECIPE);
    return edited;
  }

  private Thunks.Evaluated valueAt(Ref root, NamePath path) {
    return switch (resolve(root, path)) {
      case Resolution.Found(Ref ref) -> deep(root, ref, 0);
      case Resolution.Absent(NamePath missing) -> new Thunks.Unevaluable(missing + " is not there");
      case Resolution.NotADirectory(NamePath file) ->
          new Thunks.Unevaluable(file + " is not a directory");
      case Resolution.Blocked(NamePath at, Ref thunk) ->
          below(thunks.start(root, thunk), path.names().subList(at.names().size(), names(path)));
    };
  }

  private static int names(NamePath path) {
    return path.names().size();
  }

  /// What stands below an output, which holds no thunks. It becomes part of something else now, so
  /// how to make it again is written down.
  private Thunks.Evaluated below(Thunks.Promise promise, List<String> names) {
    Settled settled = thunks.waitFor((Pending) promise);
    settled.publish();
    return switch (settled.value()) {
      case Thunks.Failed(_, String reason) -> new Thunks.Unevaluable(reason);
      case Thunks.Computed(_, Ref output) ->
          resolve(output, new NamePath(names)) instanceof Resolution.Found(Ref ref)
              ? new Thunks.Evaluable(ref)
              : new Thunks.Unevaluable("there is no " + String.join("/", names) + " in the output");
    };
  }

  /// A value with all thunks in it replaced by what they come to.
  private Thunks.Evaluated deep(Ref root, Ref ref, int level) {
    if (ref.kind() == Kind.THUNK) {
      return below(thunks.start(root, ref), List.of());
    }
    if (trees.isPure(ref)) {
      return new Thunks.Evaluable(ref);
    }
    if (level >= DEPTH_MAX) {
      return new Thunks.Unevaluable("its directories are nested deeper than " + DEPTH_MAX);
    }
    Map<String, Optional<Ref>> changes = new HashMap<>();
    Thunks.Unevaluable failed = deepEntries(root, ref, level, changes);
    if (failed != null) {
      return failed;
    }
    Ref pure = edited(ref, changes);
    trees.addPure(pure);
    return new Thunks.Evaluable(pure);
  }

  /// Finds the entries of a directory, or of a piece of one, that hold thunks, and what becomes of
  /// them. A piece in which none does is pure from then on.
  private Thunks.@Nullable Unevaluable deepEntries(
      Ref root, Ref piece, int level, Map<String, Optional<Ref>> changes) {
    int before = changes.size();
    switch (trees.get(blobs, piece)) {
      case Tree tree -> {
        // In canonical order, so that the first to fail is the same on every host.
        for (int i = 0; i < tree.size(); i++) {
          Ref ref = tree.ref(i);
          switch (deep(root, ref, level + 1)) {
            case Thunks.Evaluable(Ref child) when child.equals(ref) -> {}
            case Thunks.Evaluable(Ref child) -> changes.put(tree.name(i), Optional.of(child));
            case Thunks.Unevaluable failed -> {
              return failed;
            }
          }
        }
      }
      case TreePage page -> {
        for (Ref part : page.children()) {
          Thunks.Unevaluable failed =
              trees.isPure(part) ? null : deepEntries(root, part, level, changes);
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
