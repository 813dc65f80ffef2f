package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import io.kogluktualuk.fabric.namespace.Thunk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The graph of [IncrementalBench] as a namespace: `/src/N`, `/obj/N` computed of it, and a program
/// that reads all of `/obj`.
///
/// **Threading:** one thread.
final class SourceGraph {

  private final EngineCluster cluster;
  private final BlobStore blobs;
  private Ref namespace;

  SourceGraph(EngineCluster cluster) throws IOException {
    this.cluster = cluster;
    this.blobs = cluster.blobs();
    NamespaceEditor editor = new NamespaceEditor(blobs, cluster.namespace("gather"));
    for (int i = 0; i < IncrementalBench.SOURCES; i++) {
      String source = "/src/" + i;
      editor.bind(NamePath.parse(source), store("source " + i + " ".repeat(700)));
      List<Thunk.Input> inputs =
          List.of(Thunk.Input.parse("/bin/gather"), Thunk.Input.parse(source));
      Blob thunk = new Thunk(List.of("/bin/gather", source), inputs).encode();
      blobs.put(List.of(thunk));
      editor.bind(NamePath.parse("/obj/" + i), Thunk.refOf(thunk));
    }
    namespace = editor.write();
  }

  Ref store(String text) {
    Blob blob = Blob.of(text.getBytes(StandardCharsets.UTF_8));
    blobs.put(List.of(blob));
    return Ref.ofBlob(blob);
  }

  RunReport build() {
    return cluster.run(cluster.prepare(namespace, "/bin/gather", "/obj"));
  }

  /// Builds again after one source has become another.
  RunReport change(int source, Ref content) {
    NamespaceEditor editor = new NamespaceEditor(blobs, namespace);
    editor.bind(NamePath.parse("/src/" + source), content);
    namespace = editor.write();
    return build();
  }
}
