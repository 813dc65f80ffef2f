package io.kogluktualuk.fabric.namespace;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.namespace.WordScanner.Word;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the text form of a namespace.
///
/// ```
/// # one binding a line: PATH SOURCE
/// /data/july-trades  blob 3f1a…             # 8 to 64 hex digits
/// /src/sort.c        file ./src/sort.c      # or a directory; imported when loaded
/// /lib               tree 9c2e…
/// /bin/sort          do /bin/cc /src/sort.c
/// /out               do {/bin/sort /in=/data/july-trades} /bin/sort /in
/// ```
///
/// Words are separated by spaces and tabs. A word in double quotes may contain them, with `\"`,
/// `\\`, `\n`, `\t`. A `#` at the start of a word begins a comment.
///
/// **Errors:** [MalformedEncoding] with file, line and column.
public final class NamespaceText {

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{8,64}");

  private final String fileName;

  private NamespaceText(String fileName) {
    this.fileName = fileName;
  }

  /// Reads all bindings, in the order of the lines.
  ///
  /// @param fileName for error messages
  /// @throws MalformedEncoding for the first line that does not follow the format, or binds a path
  ///     that an earlier line binds
  public static List<Binding> parse(String fileName, String text) {
    NamespaceText parser = new NamespaceText(fileName);
    List<Binding> bindings = new ArrayList<>();
    Map<NamePath, Integer> lines = new HashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      List<Word> words = WordScanner.scan(fileName, number, line);
      if (words.isEmpty()) {
        continue;
      }
      Binding binding = parser.binding(words, number);
      Integer earlier = lines.putIfAbsent(binding.path(), number);
      if (earlier != null) {
        throw parser.error(
            number, words.getFirst(), binding.path() + " is already bound in line " + earlier);
      }
      bindings.add(binding);
    }
    return bindings;
  }

  private Binding binding(List<Word> words, int line) {
    NamePath path = path(words.getFirst(), line);
    if (path.isRoot()) {
      throw error(line, words.getFirst(), "the root cannot be bound");
    }
    if (words.size() < 2) {
      throw error(line, words.getFirst(), "expected blob, list, tree, file or do after " + path);
    }
    return new Binding(path, source(words, line), line);
  }

  private Binding.Source source(List<Word> words, int line) {
    Word keyword = words.get(1);
    return switch (keyword.text()) {
      case "blob" -> stored(Kind.BLOB, words, line);
      case "list" -> stored(Kind.LIST, words, line);
      case "tree" -> stored(Kind.TREE, words, line);
      case "file" -> local(only(words, line, "a path of this machine"), line);
      case "do" -> computation(words, line);
      default ->
          throw error(
              line,
              keyword,
              "expected blob, list, tree, file or do, found '" + keyword.text() + "'");
    };
  }

  private Binding.Source stored(Kind kind, List<Word> words, int line) {
    Word hash = only(words, line, "a hash");
    if (!HASH.matcher(hash.text()).matches()) {
      throw error(line, hash, "expected 8 to 64 hex digits, found '" + hash.text() + "'");
    }
    return new Binding.Stored(kind, hash.text());
  }

  private Binding.Source local(Word word, int line) {
    try {
      return new Binding.Local(Path.of(word.text()));
    } catch (InvalidPathException e) {
      throw error(line, word, "not a path of this machine: " + e.getReason());
    }
  }

  private Binding.Source computation(List<Word> words, int line) {
    List<Word> rest = words.subList(2, words.size());
    List<Thunk.Input> inputs = null;
    if (!rest.isEmpty() && rest.getFirst().isBare() && rest.getFirst().text().startsWith("{")) {
      InputsAndRest split = inputs(rest, line);
      inputs = split.inputs;
      rest = split.rest;
    }
    if (rest.isEmpty()) {
      throw error(line, words.get(words.size() - 1), "expected a program to run after this");
    }
    path(rest.getFirst(), line);
    return new Binding.Do(rest.stream().map(Word::text).toList(), inputs);
  }

  private record InputsAndRest(@Nullable List<Thunk.Input> inputs, List<Word> rest) {}

  private InputsAndRest inputs(List<Word> words, int line) {
    List<Thunk.Input> inputs = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      Word word = words.get(i);
      String text = i == 0 ? word.text().substring(1) : word.text();
      boolean last = word.isBare() && text.endsWith("}");
      String input = last ? text.substring(0, text.length() - 1) : text;
      if (!input.isEmpty()) {
        inputs.add(input(input, word, line));
      }
      if (last) {
        return new InputsAndRest(inputs, words.subList(i + 1, words.size()));
      }
    }
    throw error(line, words.getFirst(), "the list of inputs has no closing brace");
  }

  private Thunk.Input input(String text, Word at, int line) {
    try {
      return Thunk.Input.parse(text);
    } catch (InvalidArgument e) {
      throw error(line, at, e.getMessage());
    }
  }

  private Word only(List<Word> words, int line, String meaning) {
    if (words.size() < 3) {
      throw error(
          line, words.get(1), "expected " + meaning + " after '" + words.get(1).text() + "'");
    }
    if (words.size() > 3) {
      throw error(
          line, words.get(3), "nothing may follow here, found '" + words.get(3).text() + "'");
    }
    return words.get(2);
  }

  private NamePath path(Word word, int line) {
    try {
      return NamePath.parse(word.text());
    } catch (InvalidArgument e) {
      throw error(line, word, e.getMessage());
    }
  }

  private MalformedEncoding error(int line, Word at, @Nullable String reason) {
    return WordScanner.error(fileName, line, at.column(), reason);
  }
}
