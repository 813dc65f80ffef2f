package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.testkit.BlobStoreContract;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class TieredContractTest extends BlobStoreContract {

  private final TestNodes nodes;
  private final FabricBlobs blobs;

  TieredContractTest(@TempDir Path folder) {
    nodes = new TestNodes(folder);
    nodes.startTiered("a", 0, 256, 8);
    nodes.startTiered("b", 0, 256, 8);
    nodes.start("c");
    blobs = nodes.reader(2);
  }

  @Override
  protected BlobStore store() {
    return blobs;
  }

  @AfterEach
  void close() {
    nodes.close();
  }
}
