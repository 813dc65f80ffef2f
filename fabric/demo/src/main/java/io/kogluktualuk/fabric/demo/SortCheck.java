package io.kogluktualuk.fabric.demo;

import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Holds sorted data against what `LC_ALL=C sort` makes of the same input, byte by byte, as
/// streams.
///
/// **Threading:** the input is fed by a thread of its own, since a pipe holds little.
final class SortCheck {

  private static final int BUFFER_BYTES = 1 << 20;

  private SortCheck() {}

  /// @param input the unsorted data
  /// @param sorted what the fabric made of it
  static Act.Check compare(InputStream input, InputStream sorted) throws IOException {
    Process sort;
    try {
      ProcessBuilder builder = new ProcessBuilder("sort");
      builder.environment().put("LC_ALL", "C");
      sort = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      return Act.Check.NOT_CHECKED;
    }
    FutureTask<Void> feeding = new FutureTask<>(feed(input, sort.getOutputStream()));
    Thread.ofVirtual().name("sort-check-feed").start(feeding);
    try (InputStream expected = sort.getInputStream()) {
      boolean same = sameBytes(expected, sorted);
      feeding.get();
      if (same && sort.waitFor() != 0) {
        throw new Unavailable("the platform's sort failed with status " + sort.exitValue());
      }
      return same ? Act.Check.SAME : Act.Check.DIFFERENT;
    } catch (ExecutionException e) {
      throw new IOException("cannot feed the platform's sort", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while comparing with the platform's sort", e);
    } finally {
      sort.destroyForcibly();
    }
  }

  private static Callable<Void> feed(InputStream input, OutputStream target) {
    return () -> {
      try (target) {
        input.transferTo(target);
      }
      return null;
    };
  }

  private static boolean sameBytes(InputStream a, InputStream b) throws IOException {
    byte[] left = new byte[BUFFER_BYTES];
    byte[] right = new byte[BUFFER_BYTES];
    InputStream leftStream = new BufferedInputStream(a, BUFFER_BYTES);
    while (true) {
      int leftLength = leftStream.readNBytes(left, 0, left.length);
      int rightLength = b.readNBytes(right, 0, right.length);
      if (leftLength != rightLength || !Arrays.equals(left, 0, leftLength, right, 0, rightLength)) {
        // The rest is read so that sort does not die of a closed pipe while it is being fed.
        leftStream.transferTo(OutputStream.nullOutputStream());
        return false;
      }
      if (leftLength == 0) {
        return true;
      }
    }
  }
}
