package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/// The bytes of a value where the one-sided read has put them, read-only, held in the fabric until
/// this is closed.
///
/// {@snippet file="Getting.java" region="view"}
///
/// What is at most [Blob#LENGTH_MAX] long is one segment. What is longer is a list of segments in
/// order; each is fetched when it is first asked for, and stays until [#close]. Segments of
/// [#IN_PLACE_MIN] bytes and more are registered memory of this process, as long as there is some
/// ([ClientSettings#viewMemory]); shorter ones are copies on the heap, which cost less than it
/// takes to make sure that nobody uses them afterwards.
///
/// **Threading:** any thread. **Ownership:** whoever has opened it closes it. Afterwards, its
/// methods fail with [AlreadyClosed], and segments that are in place with
/// `IllegalStateException`. **Bound:** [#LENGTH_MAX]; longer content is to be read as a stream
/// ([Fabric#open]).
public final class View implements AutoCloseable {

  /// What a view may keep in memory.
  public static final long LENGTH_MAX = 1L << 30;

  /// From so many bytes on they are lent where they are.
  public static final int IN_PLACE_MIN = 64 * 1024;

  private final Content content;
  private final Hold hold;
  private final TimeLimit limit;
  private final @Nullable MemorySegment[] segments;

  /// What lies in registered memory, and for how long. Guarded by the segments.
  private final List<LentBlob> lent = new ArrayList<>();

  private final Arena arena = Arena.ofShared();
  private volatile boolean isClosed;

  private View(Content content, Hold hold, TimeLimit limit) {
    this.content = content;
    this.hold = hold;
    this.limit = limit;
    this.segments = new MemorySegment[content.chunkCount()];
  }

  /// @param hold has the value; closed with the view
  static View open(Content content, Hold hold, TimeLimit limit) {
    View view = new View(content, hold, limit);
    view.segment(0); // content is there, or the caller hears so at once
    return view;
  }

  /// What is looked at.
  public Ref ref() {
    return content.ref();
  }

  /// Bytes in all.
  public long length() {
    return content.length();
  }

  /// All of it in one piece.
  ///
  /// @throws InvalidArgument when there are several: it is longer than [Blob#LENGTH_MAX]
  public MemorySegment segment() {
    if (segments.length != 1) {
      throw new InvalidArgument(
          ref() + " is in " + segments.length + " segments, expected one; use segments()");
    }
    return segment(0);
  }

  /// All of it in order, one behind the other; each is fetched when it is first asked for.
  public List<MemorySegment> segments() {
    checkOpen();
    return new Segments();
  }

  /// The part of an index, of [#segments].
  private final class Segments extends AbstractList<MemorySegment> implements RandomAccess {
    @Override
    public MemorySegment get(int index) {
      return segment(index);
    }

    @Override
    public int size() {
      return segments.length;
    }
  }

  private MemorySegment segment(int index) {
    checkOpen();
    synchronized (segments) {
      MemorySegment known = segments[index];
      if (known != null) {
        return known;
      }
    }
    LentBlob fetched = limit.call(() -> content.lendChunk(index));
    boolean isKept = false;
    try {
      synchronized (segments) {
        checkOpen();
        MemorySegment first = segments[index];
        MemorySegment segment = first == null ? lasting(fetched) : first;
        segments[index] = segment;
        isKept = first == null && fetched.lasting() == null && segment.isNative();
        if (isKept) {
          lent.add(fetched);
        }
        return segment;
      }
    } finally {
      if (!isKept) {
        fetched.close();
      }
    }
  }

  /// The bytes for as long as the view is open, or longer.
  @SuppressWarnings("restricted") // No longer than they are lent: see close.
  private MemorySegment lasting(LentBlob fetched) {
    MemorySegment bytes = fetched.bytes();
    Blob onHeap = fetched.lasting();
    if (onHeap != null) {
      return onHeap.bytes().asReadOnly();
    }
    return bytes.byteSize() < IN_PLACE_MIN
        ? MemorySegment.ofArray(bytes.toArray(ValueLayout.JAVA_BYTE)).asReadOnly()
        : bytes.reinterpret(arena, null).asReadOnly();
  }

  /// Copies all of it to memory of the caller's.
  ///
  /// @throws InvalidArgument when there is no room for it
  public void copyTo(MemorySegment target) {
    if (target.byteSize() < length()) {
      throw new InvalidArgument(
          "room for " + target.byteSize() + " bytes, expected " + length() + " for " + ref());
    }
    long offset = 0;
    for (MemorySegment part : segments()) {
      MemorySegment.copy(part, 0, target, offset, part.byteSize());
      offset += part.byteSize();
    }
  }

  /// All of it as a stream, which fails when the view is closed; closing the stream closes
  /// nothing.
  public InputStream asStream() {
    return new SegmentStream(segments());
  }

  private void checkOpen() {
    if (isClosed) {
      throw new AlreadyClosed("the view of " + ref() + " is closed");
    }
  }

  /// Gives the bytes back, and lets go of the value.
  @Override
  public void close() {
    List<LentBlob> given;
    synchronized (segments) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      Arrays.fill(segments, null);
      given = List.copyOf(lent);
    }
    if (!given.isEmpty()) {
      arena.close(); // which takes a word with every thread
      given.forEach(LentBlob::close);
    }
    hold.close();
  }
}
