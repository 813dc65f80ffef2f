package io.kogluktualuk.fabric.node.snippets;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// How to begin.
public final class Connecting {

  private Connecting() {}

  /// Ten lines.
  public static String connect(String url) {
    // @start region="connect"
    // kog://host:port,host:port?tenant=…&account=…&identity=FOLDER
    try (Fabric fabric = Fabric.connect(url)) {
      Ref ref = fabric.put("hello".getBytes(StandardCharsets.UTF_8));
      // 32 bytes of hash, a kind and a length: that is what you pass on.
      String passedOn = ref.toString();
      byte[] bytes = fabric.bytes(Ref.parse(passedOn), 1 << 20);
      return new String(bytes, StandardCharsets.UTF_8);
    }
    // @end
  }

  /// The ways to say which cluster.
  public static String settings(Path file, Map<String, String> environment, String url) {
    // @start region="settings"
    ClientSettings byFile = ClientSettings.ofFile(file);
    ClientSettings byEnvironment = ClientSettings.ofEnvironment(environment);
    ClientSettings byUrl = ClientSettings.ofUrl(url).withReplicas(1);
    try (Fabric fabric = Fabric.connect(byUrl)) {
      return fabric.settings().toUrl();
    }
    // @end
    finally {
      assert byFile.equals(byEnvironment);
    }
  }

  /// A limit for each call.
  public static byte[] within(Fabric fabric, Ref ref) {
    // @start region="within"
    Fabric hurried = fabric.within(Duration.ofSeconds(2));
    return hurried.bytes(ref, 1 << 20); // DeadlineExceeded after two seconds
    // @end
  }
}
