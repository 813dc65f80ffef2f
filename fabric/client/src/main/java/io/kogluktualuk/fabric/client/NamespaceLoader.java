package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.namespace.Binding;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import io.kogluktualuk.fabric.namespace.NamespaceText;
import io.kogluktualuk.fabric.namespace.Thunk;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/// Makes the tree that the text form of a namespace describes; local files are stored on the way.
///
/// Shorter paths are bound first, so `/lib tree …` and `/lib/extra file …` go together in any
/// order of lines. **Errors:** those of a line begin with file and line.
///
/// **Threading:** one thread.
final class NamespaceLoader {

  private final BlobStore store;
  private final RefReader refs;
  private final boolean skipSpecial;

  NamespaceLoader(BlobStore store, RefReader refs, boolean skipSpecial) {
    this.store = store;
    this.refs = refs;
    this.skipSpecial = skipSpecial;
  }

  /// @param fileName for error messages
  /// @param folder what `file` paths are relative to
  Ref load(String fileName, String text, Path folder) {
    return PipelinedPuts.through(store, puts -> load(fileName, text, folder, puts));
  }

  private Ref load(String fileName, String text, Path folder, BlobStore puts) {
    NamespaceEditor editor = new NamespaceEditor(puts);
    List<Binding> bindings =
        NamespaceText.parse(fileName, text).stream()
            .sorted(Comparator.comparing(Binding::path))
            .toList();
    for (Binding binding : bindings) {
      bind(editor, puts, binding, folder, fileName + ":" + binding.line() + ": ");
    }
    return editor.write();
  }

  private void bind(
      NamespaceEditor editor, BlobStore puts, Binding binding, Path folder, String at) {
    try {
      editor.bind(binding.path(), value(binding.source(), puts, folder));
    } catch (NotFound e) {
      throw new NotFound(at + e.getMessage(), e);
    } catch (Conflict e) {
      throw new Conflict(at + e.getMessage(), e);
    } catch (InvalidArgument e) {
      throw new InvalidArgument(at + e.getMessage(), e);
    } catch (MalformedEncoding e) {
      throw new MalformedEncoding(at + e.getMessage(), e);
    }
  }

  /// Stores what a path is to be bound to.
  Ref value(Binding.Source source, BlobStore puts, Path folder) {
    return switch (source) {
      case Binding.Stored stored -> refs.read(stored.kind(), stored.hash());
      case Binding.Local local ->
          new DirectoryImport(store, skipSpecial).fileOrDirectory(folder.resolve(local.path()));
      case Binding.Do computation -> {
        Blob thunk = new Thunk(computation.argv(), computation.inputs()).encode();
        puts.put(List.of(thunk));
        yield Thunk.refOf(thunk);
      }
    };
  }
}
