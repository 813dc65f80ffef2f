package io.kogluktualuk.computenode.runtime;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// A store in which a file cannot be read until its gate is opened: a program that reads it keeps
/// its slot as long as the test likes.
///
/// **Threading:** safe for any number of threads.
final class Gate implements BlobStore {

  static final byte[] CONTENT = "gate\n".getBytes(StandardCharsets.UTF_8);

  private final InMemoryBlobs blobs = new InMemoryBlobs();
  private final Hash gate = Hash.of(CONTENT);
  private final CountDownLatch opened = new CountDownLatch(1);

  void open() {
    opened.countDown();
  }

  @Override
  public Blob get(Hash hash) {
    if (hash.equals(gate)) {
      try {
        opened.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return blobs.get(hash);
  }

  @Override
  public void put(List<Blob> added) {
    blobs.put(added);
  }

  @Override
  public Set<Hash> missing(Collection<Hash> hashes) {
    return blobs.missing(hashes);
  }
}
