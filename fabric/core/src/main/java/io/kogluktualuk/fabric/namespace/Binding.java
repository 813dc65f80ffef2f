package io.kogluktualuk.fabric.namespace;

import io.kogluktualuk.fabric.blob.Kind;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One line of a namespace's text form.
///
/// @param path what is bound
/// @param source what it is bound to
/// @param line where the line is in its file, from 1
public record Binding(NamePath path, Source source, int line) {

  /// What a path can be bound to in text.
  public sealed interface Source {}

  /// Something the fabric has: `blob 3f1a…`, `list …`, `tree …`.
  ///
  /// @param hash 8 to 64 hex digits
  public record Stored(Kind kind, String hash) implements Source {}

  /// A local file or directory, imported when the namespace is loaded: `file ./src/sort.c`.
  ///
  /// @param path as written: relative to the folder the text is in
  public record Local(Path path) implements Source {}

  /// A computation: `do ARGV…`, or `do {INPUT…} ARGV…` for one that sees only its inputs, each
  /// written `PATH` or `AS=PATH`.
  public record Do(List<String> argv, @Nullable List<Thunk.Input> inputs) implements Source {
    public Do {
      argv = List.copyOf(argv);
      inputs = inputs == null ? null : List.copyOf(inputs);
    }
  }
}
