package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Content as a stream, fetched a few chunks ahead of the reader.
///
/// Each chunk is verified as it comes; the hash of the whole is verified after the last byte of a
/// list that says it. **Errors:** those of the store, unchecked; `Corruption` instead of the end
/// of the stream when the whole is not what its list says.
///
/// **Threading:** one thread. **Memory:** [#AHEAD] chunks.
public final class ContentStream extends InputStream {

  static final int AHEAD = 4;

  private final Content content;
  private final TimeLimit limit;

  /// What the list says that the whole has for a hash; null when it says nothing.
  private final @Nullable Hash expected;

  private final Sha256 whole = new Sha256();
  private final Deque<FutureTask<Blob>> ahead = new ArrayDeque<>();
  private int asked;
  private byte[] chunk = {};
  private int position;
  private boolean isVerified;

  private ContentStream(Content content, TimeLimit limit) {
    this.content = content;
    this.limit = limit;
    this.expected = content.ref().kind() == Kind.LIST ? content.contentHash() : null;
  }

  /// Opens content and begins to fetch it, each chunk for as long as the store tries.
  static ContentStream open(BlobStore store, Ref ref) {
    return open(store, ref, TimeLimit.NONE);
  }

  /// Opens content and begins to fetch it.
  ///
  /// @param limit of the fetch of each chunk
  static ContentStream open(BlobStore store, Ref ref, TimeLimit limit) {
    ContentStream stream = new ContentStream(Content.open(store, ref), limit);
    stream.askAhead();
    return stream;
  }

  @Override
  public int read() {
    return fill() ? chunk[position++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int part = Math.min(length, chunk.length - position);
    System.arraycopy(chunk, position, target, offset, part);
    position += part;
    return part;
  }

  @Override
  public int available() {
    return chunk.length - position;
  }

  @Override
  public long transferTo(OutputStream target) throws IOException {
    long transferred = 0;
    while (fill()) {
      target.write(chunk, position, chunk.length - position);
      transferred += chunk.length - position;
      position = chunk.length;
    }
    return transferred;
  }

  @Override
  public void close() {
    ahead.forEach(task -> task.cancel(true));
    ahead.clear();
    asked = content.chunkCount();
    chunk = new byte[0];
    position = 0;
    isVerified = true;
  }

  private boolean fill() {
    while (position == chunk.length) {
      FutureTask<Blob> next = ahead.poll();
      if (next == null) {
        verifyWhole();
        return false;
      }
      chunk = await(next).toArray();
      position = 0;
      if (expected != null) {
        whole.update(chunk, 0, chunk.length);
      }
      askAhead();
    }
    return true;
  }

  private void askAhead() {
    while (ahead.size() < AHEAD && asked < content.chunkCount()) {
      int index = asked++;
      FutureTask<Blob> task = new FutureTask<>(() -> limit.call(() -> content.chunk(index)));
      Thread.ofVirtual().name("kog-get").start(task);
      ahead.add(task);
    }
  }

  private void verifyWhole() {
    if (expected == null || isVerified) {
      return;
    }
    isVerified = true;
    Hash found = whole.finish();
    if (!found.equals(expected)) {
      throw new Corruption(
          content.ref() + ": its content has hash " + found + ", its list says " + expected);
    }
  }

  private Blob await(FutureTask<Blob> task) {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while " + content.ref() + " was being read", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case FabricException fault -> throw fault;
        case RuntimeException fault -> throw fault;
        case null, default -> throw new IllegalStateException("reading " + content.ref(), e);
      }
    }
  }
}
