package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.computenode.programs.Program;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Hold;
import io.kogluktualuk.fabric.client.PutOptions;
import io.kogluktualuk.fabric.client.Root;
import io.kogluktualuk.fabric.client.RootNews;
import io.kogluktualuk.fabric.client.RootWatch;
import io.kogluktualuk.fabric.client.View;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// A service on a host of its own: it is told a URL, and by lines when to go on. Says how far it
/// is; what goes wrong ends it.
///
/// **Threading:** one thread.
final class DistantService {

  /// Several chunks.
  static final int LENGTH = 9 << 20;

  private static final Duration SHORT = Duration.ofSeconds(3);
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final long SEED = 31;

  private DistantService() {}

  static byte[] content() {
    byte[] bytes = new byte[LENGTH];
    new Random(SEED).nextBytes(bytes);
    return bytes;
  }

  public static void main(String[] arguments) throws Exception {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ADAPTERS " + Files.exists(Path.of("/sys/class/infiniband")));
    try (Fabric fabric = Fabric.connect(arguments[0])) {
      Ref ref = content(fabric);
      System.out.println("STORED " + ref);
      names(fabric, ref);
      runs(fabric);
      System.out.println("CUT");
      orders.readLine();
      cut(fabric, ref);
      System.out.println("HEAL");
      orders.readLine();
      healed(fabric, ref);
      System.out.println("PATHS " + Operator.of(fabric).paths());
    }
  }

  private static Ref content(Fabric fabric) throws IOException {
    byte[] bytes = content();
    try (Hold hold = fabric.hold()) {
      Ref ref = fabric.put(bytes, PutOptions.source().heldBy(hold));
      check(ref.equals(fabric.put(new ByteArrayInputStream(bytes))), "the same bytes, another ref");
      try (View view = fabric.get(ref)) {
        long offset = 0;
        for (MemorySegment part : view.segments()) {
          MemorySegment own = MemorySegment.ofArray(bytes).asSlice(offset, part.byteSize());
          check(part.mismatch(own) < 0, "the view differs behind " + offset);
          offset += part.byteSize();
        }
        check(offset == LENGTH, "the view has " + offset);
      }
      Path file = Files.createTempFile("kog-distant", "");
      try (var stream = fabric.open(ref)) {
        fabric.get(ref, file);
        check(stream.readAllBytes().length == LENGTH, "the stream is cut short");
        check(Files.mismatch(file, Files.write(sibling(file), bytes)) < 0, "the file differs");
      } finally {
        Files.delete(file);
        Files.deleteIfExists(sibling(file));
      }
      return ref;
    }
  }

  private static Path sibling(Path file) {
    return file.resolveSibling(file.getFileName() + "-own");
  }

  private static void names(Fabric fabric, Ref ref) {
    try (RootWatch watch = fabric.roots().watch("distant/orders")) {
      long revision = fabric.roots().compareAndSet("distant/ready", 0, ref);
      Root ready = fabric.roots().get("distant/ready");
      check(ready != null && ready.revision() == revision, "found " + ready);
      System.out.println("WATCHING");
      RootNews news = watch.next(LONG);
      System.out.println("HEARD " + (news == null ? "nothing" : news.ref()));
    }
  }

  private static void runs(Fabric fabric) throws Exception {
    Ref namespace =
        fabric
            .trees()
            .put(
                Map.of(
                    "bin/wc",
                    fabric.put(Program.WC.wasm()),
                    "text",
                    fabric.put("one two\nthree\n".getBytes(StandardCharsets.UTF_8))));
    Transaction count = Transaction.of(namespace, List.of("/bin/wc", "/text"), Limits.DEFAULT);
    Ref output = fabric.runAsync(count, LONG).get(LONG.toSeconds(), TimeUnit.SECONDS).output();
    System.out.println(
        "COUNTED " + new String(fabric.bytes(output, 100), StandardCharsets.UTF_8).strip());
  }

  /// There is no way to the cluster any more.
  private static void cut(Fabric fabric, Ref ref) {
    try {
      fabric.within(SHORT).put(new byte[] {1, 2, 3});
      throw new AssertionError("it was put without a way");
    } catch (FabricException e) {
      check(e.category() == FabricException.Category.RETRY, "it will not pass: " + e);
    }
    try {
      fabric.within(SHORT).bytes(ref, LENGTH);
      throw new AssertionError("it was read without a way");
    } catch (FabricException e) {
      check(e.category() == FabricException.Category.RETRY, "it will not pass: " + e);
    }
  }

  private static void healed(Fabric fabric, Ref ref) {
    long ends = System.nanoTime() + LONG.toNanos();
    while (true) {
      try {
        fabric.put(new byte[] {1, 2, 3});
        check(fabric.bytes(ref, LENGTH).length == LENGTH, "it is cut short");
        return;
      } catch (FabricException e) {
        check(e.category() == FabricException.Category.RETRY, "it will not pass: " + e);
        check(System.nanoTime() < ends, "the way is not found again: " + e);
      }
    }
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
