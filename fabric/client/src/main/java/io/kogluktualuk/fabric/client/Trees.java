package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.TreeView;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.namespace.Binding;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import io.kogluktualuk.fabric.namespace.Resolution;
import io.kogluktualuk.fabric.namespace.TreeDiff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Directories in the fabric: names for refs, of content and of further directories. A tree does
/// not change; changing it makes another one, which shares what is the same. From [Fabric#trees].
///
/// {@snippet file="Trees.java" region="tree"}
///
/// **Threading:** any thread. **Ownership:** belongs to its [Fabric].
/// **Errors:** [InvalidArgument] for a ref that is no tree, and for what is no path.
public final class Trees {

  private final Session session;
  private final TimeLimit limit;

  Trees(Session session, TimeLimit limit) {
    this.session = session;
    this.limit = limit;
  }

  /// Makes a tree of values that have refs already.
  ///
  /// @param entries by path, such as `src/main.c`
  /// @throws InvalidArgument when a path is none, or goes on below an entry that is no tree
  public Ref put(Map<String, Ref> entries) {
    return limit.call(
        () -> {
          NamespaceEditor editor = new NamespaceEditor(session.puts());
          // Shorter paths first, so that a tree can have further entries below it.
          new TreeMap<>(entries).forEach((path, ref) -> editor.bind(path(path), ref));
          return editor.write();
        });
  }

  private static NamePath path(String text) {
    return NamePath.parse(text.startsWith("/") ? text : "/" + text);
  }

  /// The entries of a tree, of which pieces are read as they are asked for.
  public TreeView open(Ref tree) {
    if (tree.kind() != Kind.TREE) {
      throw new InvalidArgument(tree + " is a " + tree.kind().word() + ", expected a tree");
    }
    return Resolution.view(session.storeOf(tree), tree);
  }

  /// What a path leads to, such as `src/main.c`.
  ///
  /// @throws NotFound when it leads nowhere
  /// @throws InvalidArgument when it goes on below content, or below something not computed yet
  public Ref find(Ref tree, String path) {
    return switch (limit.call(() -> Resolution.of(session.storeOf(tree), tree, path(path)))) {
      case Resolution.Found(Ref ref) -> ref;
      case Resolution.Absent(NamePath missing) ->
          throw new NotFound("path " + path + " is not in " + tree + ": no " + missing);
      case Resolution.NotADirectory(NamePath file) ->
          throw new InvalidArgument("path " + path + " in " + tree + ": " + file + " is no tree");
      case Resolution.Blocked(NamePath at, Ref _) ->
          throw new InvalidArgument(
              "path " + path + " in " + tree + ": " + at + " has not been computed");
    };
  }

  /// The tree that a change makes of another one, which stays as it is.
  ///
  /// {@snippet file="Trees.java" region="edit"}
  public Ref edit(Ref tree, Consumer<NamespaceEditor> change) {
    return limit.call(() -> session.rootEditor().edited(tree, change));
  }

  /// Hears what differs between two values. What is the same is not read.
  ///
  /// {@snippet file="Trees.java" region="diff"}
  public void diff(Ref before, Ref after, Consumer<TreeDiff.Difference> each) {
    limit.run(() -> TreeDiff.between(session.storeOf(after), before, after, each::accept));
  }

  /// Stores a directory of this machine and all below it: files and directories, by their names
  /// and content.
  ///
  /// {@snippet file="Trees.java" region="directory"}
  ///
  /// @throws InvalidArgument for links and special files, naming the path
  public ImportReport importDirectory(Path directory) {
    return importDirectory(directory, false, ImportListener.NONE);
  }

  /// As [#importDirectory(Path)].
  ///
  /// @param skipSpecial whether links and special files are left out instead of refused
  /// @param listener hears how far it is
  public ImportReport importDirectory(
      Path directory, boolean skipSpecial, ImportListener listener) {
    return limit.call(
        () -> new DirectoryImport(session.puts(), skipSpecial, listener).run(directory));
  }

  /// Writes a tree as a directory of this machine, which is made, or empty.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when something is there already
  public ExportReport exportDirectory(Ref tree, Path directory) {
    return exportDirectory(tree, directory, false);
  }

  /// As [#exportDirectory(Ref, Path)].
  ///
  /// @param force whether files that are there already may be replaced
  public ExportReport exportDirectory(Ref tree, Path directory, boolean force) {
    return limit.call(() -> new DirectoryExport(session.storeOf(tree), force).run(tree, directory));
  }

  /// Makes the namespace that a text file describes; PROGRAMS.md has the form.
  public Ref load(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      return load(file.toString(), Files.readString(file), folder == null ? Path.of("/") : folder);
    } catch (IOException e) {
      throw DirectoryImport.unreadable(file, e);
    }
  }

  /// Makes the namespace that a text describes.
  ///
  /// @param name for error messages
  /// @param folder what local paths in it are relative to
  public Ref load(String name, String text, Path folder) {
    return limit.call(() -> loader().load(name, text, folder));
  }

  /// Stores what a line of such a text binds a path to.
  ///
  /// @param folder what local paths are relative to
  public Ref load(Binding.Source source, Path folder) {
    return limit.call(() -> loader().value(source, session.puts(), folder));
  }

  private NamespaceLoader loader() {
    return new NamespaceLoader(session.puts(), session.refs, false);
  }
}
