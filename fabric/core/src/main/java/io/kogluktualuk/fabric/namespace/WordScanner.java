package io.kogluktualuk.fabric.namespace;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Cuts one line of a namespace's text form into words.
final class WordScanner {

  private final String fileName;
  private final int lineNumber;
  private final String line;
  private int position;

  /// @param text what the word means, quotes and escapes removed
  /// @param column where it starts, from 1
  /// @param isBare whether it was written without quotes
  record Word(String text, int column, boolean isBare) {}

  private WordScanner(String fileName, int lineNumber, String line) {
    this.fileName = fileName;
    this.lineNumber = lineNumber;
    this.line = line;
  }

  static List<Word> scan(String fileName, int lineNumber, String line) {
    WordScanner scanner = new WordScanner(fileName, lineNumber, line);
    List<Word> words = new ArrayList<>();
    while (true) {
      scanner.skipSpace();
      if (scanner.atEnd() || scanner.peek() == '#') {
        return words;
      }
      words.add(scanner.peek() == '"' ? scanner.quoted() : scanner.bare());
    }
  }

  static MalformedEncoding error(String fileName, int line, int column, @Nullable String reason) {
    return new MalformedEncoding(fileName + ":" + line + ":" + column + ": " + reason);
  }

  private void skipSpace() {
    while (!atEnd() && isSpace(peek())) {
      position++;
    }
  }

  private Word bare() {
    int start = position;
    while (!atEnd() && !isSpace(peek())) {
      position++;
    }
    return new Word(line.substring(start, position), start + 1, true);
  }

  private Word quoted() {
    int start = position++;
    StringBuilder text = new StringBuilder();
    while (!atEnd() && peek() != '"') {
      text.append(peek() == '\\' ? escaped() : line.charAt(position++));
    }
    if (atEnd()) {
      throw error(fileName, lineNumber, start + 1, "the quoted word has no closing quote");
    }
    position++;
    return new Word(text.toString(), start + 1, false);
  }

  private char escaped() {
    int at = ++position;
    if (!atEnd()) {
      position++;
      switch (line.charAt(at)) {
        case '"':
          return '"';
        case '\\':
          return '\\';
        case 'n':
          return '\n';
        case 't':
          return '\t';
        default:
          break;
      }
    }
    throw error(fileName, lineNumber, at, "after a backslash, expected \" \\ n or t");
  }

  private boolean atEnd() {
    return position == line.length();
  }

  private char peek() {
    return line.charAt(position);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }
}
