package io.kogluktualuk.fabric.namespace;

import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An absolute, normalised path in a namespace: `/`, `/bin/sort`.
///
/// **Threading:** immutable; the text is made when it is first asked for.
/// **Bound:** at most [#DEPTH_MAX] names, so that walks over trees of foreign origin end.
public final class NamePath implements Comparable<NamePath> {

  public static final int DEPTH_MAX = 256;
  public static final NamePath ROOT = new NamePath(List.of(), "/");

  private final List<String> names;

  // A race makes equal ones.
  private @Nullable String text;

  /// The path with these names.
  ///
  /// @throws InvalidArgument when there are too many, or one that cannot be
  public NamePath(List<String> names) {
    this(checked(List.copyOf(names)), null);
  }

  /// Of names that have been checked, in a list that nobody changes.
  private NamePath(List<String> names, @Nullable String text) {
    this.names = names;
    this.text = text;
  }

  private static List<String> checked(List<String> names) {
    checkDepth(names);
    for (String name : names) {
      checkName(name, names);
    }
    return names;
  }

  private static void checkDepth(List<String> names) {
    if (names.size() > DEPTH_MAX) {
      throw new InvalidArgument(
          "a path has at most " + DEPTH_MAX + " names, found " + names.size());
    }
  }

  private static void checkName(String name, List<String> names) {
    String objection = Tree.checkName(name);
    if (objection != null) {
      throw new InvalidArgument("path " + String.join("/", names) + ": " + objection);
    }
  }

  public List<String> names() {
    return names;
  }

  /// Reads an absolute path; `.`, `..` and repeated slashes are resolved, `..` stops at the root.
  ///
  /// @throws InvalidArgument when the path is not absolute or has a name that cannot be
  public static NamePath parse(String text) {
    if (!text.startsWith("/")) {
      throw new InvalidArgument("not an absolute path: '" + text + "'; it must begin with '/'");
    }
    return ROOT.resolve(text);
  }

  /// An absolute path that is normalised, as nearly all are; null for another.
  private static @Nullable NamePath ofNormal(String text) {
    if (!text.startsWith("/")) {
      return null;
    }
    if (text.length() == 1) {
      return ROOT;
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
    return new NamePath(checked(List.copyOf(names)), text);
  }

  /// Reads an encoded path, which must be absolute and normalised.
  public static NamePath read(CanonicalReader reader, String meaning) {
    String text = reader.text(Thunk.WORD_BYTES_MAX, meaning);
    try {
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
    NamePath normal = ofNormal(text);
    if (normal != null) {
      return normal;
    }
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
    return isRoot() ? this : prefix(names.size() - 1);
  }

  /// The path of the first names.
  ///
  /// @param count how many, at most as many as there are
  public NamePath prefix(int count) {
    if (count == names.size()) {
      return this;
    }
    return count == 0 ? ROOT : new NamePath(List.copyOf(names.subList(0, count)), null);
  }

  /// @throws InvalidArgument when there would be too many names, or the name cannot be
  public NamePath child(String name) {
    List<String> longer = new ArrayList<>(names.size() + 1);
    longer.addAll(names);
    longer.add(name);
    checkDepth(longer);
    checkName(name, longer);
    return new NamePath(List.copyOf(longer), null);
  }

  /// Whether this path is `prefix` or below it.
  public boolean startsWith(NamePath prefix) {
    if (names.size() < prefix.names.size()) {
      return false;
    }
    for (int i = 0; i < prefix.names.size(); i++) {
      if (!names.get(i).equals(prefix.names.get(i))) {
        return false;
      }
    }
    return true;
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
  public boolean equals(@Nullable Object other) {
    return other instanceof NamePath path && names.equals(path.names);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = 0; i < names.size(); i++) {
      hash = 31 * hash + names.get(i).hashCode();
    }
    return hash;
  }

  @Override
  public String toString() {
    String known = text;
    if (known == null) {
      known = "/" + String.join("/", names);
      text = known;
    }
    return known;
  }
}
