package io.kogluktualuk.controlplane.model.actions;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a [MemoStore] held at one moment.
///
/// **Threading:** any thread, at any time; each [Cursor] by one.
///
/// @param chunks by number, null where there is none; do not change it
/// @param count how many memos live in them
record MemoSnapshot(MemoChunk.@Nullable Frozen[] chunks, int count) {

  /// The memos from a place on, in the order of their places.
  Cursor cursor(int fromPlace) {
    return new Cursor(fromPlace);
  }

  /// Goes through the memos that live.
  final class Cursor {

    private int chunk;
    private int next;
    private int dead;
    private MemoChunk.@Nullable Frozen in;
    private int offset;

    private Cursor(int fromPlace) {
      chunk = MemoStore.chunkNumberAt(fromPlace) - 1;
      enterNext();
      int begin = MemoStore.offsetAt(fromPlace) - 1;
      while (in != null && chunk == MemoStore.chunkNumberAt(fromPlace) && next < begin) {
        next += MemoChunk.sizeOf(MemoChunk.lengthAt(in.bytes(), next));
      }
      if (in != null) {
        int found = Arrays.binarySearch(in.dead(), next);
        dead = found < 0 ? -1 - found : found;
      }
    }

    /// Goes on to the next one, if there is one.
    boolean next() {
      while (in != null) {
        while (next < in.used()) {
          int begin = next;
          next += MemoChunk.sizeOf(MemoChunk.lengthAt(in.bytes(), begin));
          if (dead < in.dead().length && in.dead()[dead] == begin) {
            dead++;
          } else {
            offset = begin + 1;
            return true;
          }
        }
        enterNext();
      }
      return false;
    }

    /// The array in which the memo lies.
    byte[] bytes() {
      if (in == null) {
        throw new IllegalStateException("there is no memo here");
      }
      return in.bytes();
    }

    /// Where in it the memo begins.
    int offset() {
      return offset;
    }

    /// Its place, and that of whoever comes to lie there.
    int place() {
      return MemoStore.placeOf(chunk, offset - 1);
    }

    private void enterNext() {
      do {
        chunk++;
      } while (chunk < chunks.length && chunks[chunk] == null);
      in = chunk < chunks.length ? chunks[chunk] : null;
      next = 0;
      dead = 0;
    }
  }
}
