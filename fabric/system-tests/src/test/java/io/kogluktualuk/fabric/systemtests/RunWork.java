package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.computenode.programs.Program;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ContentStream;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RunListener;
import io.kogluktualuk.fabric.client.RunResult;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/// Runs programs whose output is known, some of them again: also a hit is fetched.
///
/// **Threading:** one thread. **Ownership:** of a folder that somebody else takes away.
final class RunWork implements Work {

  private static final int TEXTS = 12;
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Fabric fabric;
  private final History history;
  private final Path folder;
  private final String space;

  RunWork(Fabric fabric, History history, Path folder, String space) throws IOException {
    this.fabric = fabric;
    this.history = history;
    this.folder = Files.createDirectories(folder);
    this.space = space;
    Files.write(folder.resolve("wc.wasm"), Program.WC.wasm());
  }

  @Override
  public void once(RandomGenerator random) {
    int number = random.nextInt(TEXTS);
    String text = (space + " x\n").repeat(number) + "end\n";
    String expected = (number + 1) + " " + (2 * number + 1) + " " + text.length() + " /text\n";
    String output = history.did(Step.Kind.RUN, "wc-" + number, "", () -> run(text));
    if (output != null && !output.equals(expected)) {
      history.violated("wc gave '" + output + "', expected '" + expected + "'");
    }
  }

  private String run(String text) {
    try {
      Files.writeString(folder.resolve("text"), text);
      Ref namespace =
          fabric.trees().load("faults", "/bin/wc file wc.wasm\n/text file text\n", folder);
      Transaction wc = Transaction.of(namespace, List.of("/bin/wc", "/text"), Limits.DEFAULT);
      RunResult result = fabric.run(wc, TIMEOUT, RunListener.SILENT);
      try (ContentStream content = fabric.open(result.report().outcome().output())) {
        return new String(content.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
