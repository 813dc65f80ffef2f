package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A place in a directory between its beginning and its end: before an entry, or before a piece
/// that has not been read.
///
/// Checks on the way what no piece tells alone: that the entries of different pieces are in order
/// and lie apart as the pages say.
///
/// **Threading:** one thread. **Memory:** the pieces from the top down to the place.
final class TreeCursor {

  private final TreePieces pieces;
  private final List<Frame> frames = new ArrayList<>();

  /// The piece before which this is; null when it is before an entry, or at the end.
  private @Nullable Ref closed;

  private boolean isAtEnd;
  private byte @Nullable [] lastName;
  private byte @Nullable [] crossed;

  /// A piece that has been read, and the part or entry of it where this is.
  private static final class Frame {
    final Ref ref;
    final TreePiece piece;
    int at;

    Frame(Ref ref, TreePiece piece) {
      this.ref = ref;
      this.piece = piece;
    }

    int size() {
      return switch (piece) {
        case Tree tree -> tree.size();
        case TreePage page -> page.partCount();
      };
    }
  }

  /// A cursor before a directory that has not been read.
  TreeCursor(TreePieces pieces, Ref tree) {
    this.pieces = pieces;
    this.closed = tree;
  }

  boolean isAtEnd() {
    return isAtEnd;
  }

  /// The piece before which this is, not read yet; null before an entry and at the end.
  @Nullable Ref closed() {
    return closed;
  }

  /// How many bytes of entries the piece has before which this is; of the whole it is not known.
  long closedBytes() {
    return !frames.isEmpty() && frames.getLast().piece instanceof TreePage page
        ? page.part(frames.getLast().at).bytes()
        : Long.MAX_VALUE;
  }

  /// The name of the entry before which this is.
  String name() {
    return leaf().name(frames.getLast().at);
  }

  /// The value of the entry before which this is.
  Ref ref() {
    return leaf().ref(frames.getLast().at);
  }

  private Tree leaf() {
    if (closed == null && !isAtEnd && frames.getLast().piece instanceof Tree tree) {
      return tree;
    }
    throw new IllegalStateException("not before an entry");
  }

  /// Reads the piece before which this is, and goes to its beginning.
  void open() {
    Ref ref = closed;
    if (ref == null) {
      throw new IllegalStateException("not before a piece");
    }
    TreePiece piece =
        frames.isEmpty()
            ? pieces.get(ref)
            : pieces.get((TreePage) frames.getLast().piece, frames.getLast().at);
    frames.add(new Frame(ref, piece));
    settle();
  }

  /// Goes beyond so many entries, to an entry or the end; pieces that are passed are not read.
  void skip(long entries) {
    long left = entries;
    while (!isAtEnd && (left > 0 || closed != null)) {
      if (closed == null) {
        next();
        left--;
      } else if (closedEntries() <= left) {
        left -= closedEntries();
        next();
      } else {
        open();
      }
    }
  }

  private long closedEntries() {
    return !frames.isEmpty() && frames.getLast().piece instanceof TreePage page
        ? page.part(frames.getLast().at).entries()
        : Long.MAX_VALUE;
  }

  /// Goes to the next entry, reading what is on the way.
  void openToEntry() {
    while (closed != null) {
      open();
    }
  }

  /// Goes beyond the entry, or the piece that has not been read, before which this is.
  void next() {
    if (frames.isEmpty()) {
      closed = null;
      isAtEnd = true;
      return;
    }
    Frame frame = frames.getLast();
    lastName =
        frame.piece instanceof Tree tree && frame.at == tree.size() - 1
            ? NameBits.bytes(tree.name(frame.at))
            : null;
    advance();
    settle();
  }

  private void advance() {
    Frame frame = frames.getLast();
    if (frame.piece instanceof TreePage page && frame.at < page.partCount() - 1) {
      cross(page.separator(frame.at));
    }
    frame.at++;
  }

  private void cross(byte[] separator) {
    byte[] before = crossed;
    if (before == null || NameBits.lastBit(separator) < NameBits.lastBit(before)) {
      crossed = separator;
    }
  }

  /// Goes up out of what is at its end, then says what this is before.
  private void settle() {
    closed = null;
    while (frames.getLast().at == frames.getLast().size()) {
      frames.removeLast();
      if (frames.isEmpty()) {
        isAtEnd = true;
        return;
      }
      advance();
    }
    Frame frame = frames.getLast();
    switch (frame.piece) {
      case TreePage page -> closed = page.part(frame.at).ref();
      case Tree tree -> requireApart(tree.name(frame.at));
    }
  }

  private void requireApart(String name) {
    byte[] before = lastName;
    byte[] separator = crossed;
    crossed = null;
    lastName = null;
    if (before == null || separator == null) {
      return;
    }
    byte[] bytes = NameBits.bytes(name);
    if (Arrays.compareUnsigned(before, bytes) >= 0
        || !Arrays.equals(
            separator, NameBits.separator(bytes, NameBits.firstDifference(before, bytes)))) {
      throw new MalformedEncoding(
          "tree %s: '%s' is not separated from the name before as its page says"
              .formatted(frames.getLast().ref.hash(), name));
    }
  }

  /// How many pieces begin here: the one that has not been read, if there is one, and those that
  /// have been and of which nothing has been passed, the smallest first.
  int beginnings() {
    int count = closed == null ? 0 : 1;
    for (int i = frames.size() - 1; i >= 0 && frames.get(i).at == 0; i--) {
      count++;
    }
    return isAtEnd ? 0 : count;
  }

  /// The nth piece that begins here.
  Ref beginning(int n) {
    Ref first = closed;
    if (first == null) {
      return frames.get(frames.size() - 1 - n).ref;
    }
    return n == 0 ? first : frames.get(frames.size() - n).ref;
  }

  /// Goes beyond the nth piece that begins here.
  void pass(int n) {
    int up = closed == null ? n + 1 : n;
    for (int i = 0; i < up; i++) {
      frames.removeLast();
    }
    crossed = null;
    closed = null;
    if (frames.isEmpty()) {
      isAtEnd = true;
      return;
    }
    lastName = null;
    advance();
    settle();
  }
}
