package io.kogluktualuk.fabric.namespace;

import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An absolute, normalised path in a namespace: `/`, `/bin/sort`.
///
/// **Bound:** at most [#DEPTH_MAX] names, so that walks over trees of foreign origin end.
public record NamePath(List<String> names) implements Comparable<NamePath> {

  public static final int DEPTH_MAX = 256;
  public static final NamePath ROOT = new NamePath(List.of());

  public NamePath {
    names = List.copyOf(names);
    if (names.size() > DEPTH_MAX) {
      throw new InvalidArgument(
          "a path has at most " + DEPTH_MAX + " names, found " + names.size());
    }
    for (String name : names) {
      String objection = Tree.checkName(name);
      if (objection != null) {
        throw new InvalidArgument("path " + String.join("/", names) + ": " + objection);
      }
    }
  }

  /// Reads an absolute path; `.`, `..` and repeated slashes are resolved, `..` stops at the root.
  ///
  /// @throws InvalidArgument when the path is not absolute or has a name that cannot be
  public static NamePath parse(String text) {
    if (!text.startsWith("/")) {
      throw new InvalidArgument("not an absolute path: '" + text + "'; it must begin with '/'");
    }
    List<String> names = normalNames(text);
    return names != null ? new NamePath(names) : ROOT.resolve(text);
  }

  /// The names of an absolute path that is normalised, as nearly all are; null for another.
  private static @Nullable List<String> normalNames(String text) {
    if (!text.startsWith("/")) {
      return null;
    }
    List<String> names = new ArrayList<>(4);
    int start = 1;
    while (start < text.length()) {
      int slash = text.indexOf('/', start);
      int end = slash < 0 ? text.length() : slash;
      String name = text.substring(start, end);
      if (name.isEmpty() || name.equals(".") || name.equals("..") || end == text.length() - 1) {
        return null;
      }
      names.add(name);
      start = end + 1;
    }
    return names;
  }

  /// Reads an encoded path, which must be absolute and normalised.
  public static NamePath read(CanonicalReader reader, String meaning) {
    String text = reader.text(Thunk.WORD_BYTES_MAX, meaning);
    try {
      List<String> names = normalNames(text);
      if (names != null) {
        return names.isEmpty() ? ROOT : new NamePath(names);
      }
      NamePath path = parse(text);
      if (path.toString().equals(text)) {
        return path;
      }
    } catch (InvalidArgument e) {
      throw reader.malformed(meaning + ": " + e.getMessage());
    }
    throw reader.malformed(meaning + " is not normalised: '" + text + "'");
  }

  /// The path that `text` means when seen from this one.
  public NamePath resolve(String text) {
    List<String> resolved = text.startsWith("/") ? new ArrayList<>() : new ArrayList<>(names);
    for (String name : text.split("/")) {
      switch (name) {
        case "", "." -> {}
        case ".." -> {
          if (!resolved.isEmpty()) {
            resolved.removeLast();
          }
        }
        default -> resolved.add(name);
      }
    }
    return new NamePath(resolved);
  }

  public boolean isRoot() {
    return names.isEmpty();
  }

  /// The last name; the root has none.
  public String name() {
    return names.getLast();
  }

  /// The directory it is in; the root's is the root.
  public NamePath parent() {
    return isRoot() ? this : new NamePath(names.subList(0, names.size() - 1));
  }

  public NamePath child(String name) {
    List<String> longer = new ArrayList<>(names);
    longer.add(name);
    return new NamePath(longer);
  }

  /// Whether this path is `prefix` or below it.
  public boolean startsWith(NamePath prefix) {
    return names.size() >= prefix.names.size()
        && names.subList(0, prefix.names.size()).equals(prefix.names);
  }

  @Override
  public int compareTo(NamePath other) {
    for (int i = 0; i < Math.min(names.size(), other.names.size()); i++) {
      int order = Tree.NAME_ORDER.compare(names.get(i), other.names.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(names.size(), other.names.size());
  }

  @Override
  public String toString() {
    return "/" + String.join("/", names);
  }
}
