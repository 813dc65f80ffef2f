package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.pipeline.StageSnapshot;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.ReadCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How many bytes a stage of ours has copied since it began. Counted are
///
/// * bytes put: once to registered memory, once by the one-sided WRITE (both as written by
///   verbs);
/// * bytes read by one-sided READs, with what they read of indexes: there they are used;
/// * bytes written to sockets and read from them, as the kernel counts them for the process
///   (`wchar`, `rchar`): envelopes, credits, calls to memory nodes;
/// * what the library copies of these: an envelope is copied to its frame and from there to a
///   buffer before it is written, and to a frame after it is read: twice what is written, once
///   what is read, as if all of it were envelopes;
/// * content that a source's envelopes carry, once more: it is encoded.
///
/// Pipelines cut content evenly, so nothing is copied to find out where to cut.
///
/// Not counted is what the hashing reads, as the peers' sums are not: it copies nothing.
///
/// **Threading:** any thread.
final class HashCopies {

  private static final Path COUNTED = Path.of("/proc/self/io");
  private static final int COPIES_OF_WRITTEN = 1 + 2;
  private static final int COPIES_OF_READ = 1 + 1;

  private final Fabric fabric;
  private final Pipeline pipeline;

  HashCopies(Fabric fabric, Pipeline pipeline) {
    this.fabric = fabric;
    this.pipeline = pipeline;
  }

  long bytes() throws IOException {
    return verbs() + carried() + sockets();
  }

  private long verbs() {
    if (!(Operator.of(fabric).blobs() instanceof FabricBlobs blobs)) {
      throw new IllegalStateException("blobs of another kind have no counts");
    }
    ReadCounts counts = blobs.counts();
    return 2 * counts.writtenBytes() + counts.readBytes();
  }

  private long carried() {
    long bytes = 0;
    for (StageSnapshot stage : pipeline.snapshots()) {
      if (stage.windowEnvelopes() == 0) {
        bytes += stage.emittedBytes() - stage.storedBytes();
      }
    }
    return bytes;
  }

  private static long sockets() throws IOException {
    long bytes = 0;
    for (String line : Files.readAllLines(COUNTED)) {
      String[] words = line.split(": ");
      bytes +=
          switch (words[0]) {
            case "rchar" -> COPIES_OF_READ * Long.parseLong(words[1]);
            case "wchar" -> COPIES_OF_WRITTEN * Long.parseLong(words[1]);
            default -> 0;
          };
    }
    return bytes;
  }
}
