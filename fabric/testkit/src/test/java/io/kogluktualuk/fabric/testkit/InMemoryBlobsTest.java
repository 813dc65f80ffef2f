package io.kogluktualuk.fabric.testkit;

import io.kogluktualuk.fabric.blob.BlobStore;

class InMemoryBlobsTest extends BlobStoreContract {

  private final InMemoryBlobs blobs = new InMemoryBlobs();

  @Override
  protected BlobStore store() {
    return blobs;
  }
}
