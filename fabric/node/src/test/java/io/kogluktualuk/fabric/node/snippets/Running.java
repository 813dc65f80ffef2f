package io.kogluktualuk.fabric.node.snippets;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RunResult;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Programs.
public final class Running {

  private Running() {}

  /// And their outcomes.
  public static RunResult run(Fabric fabric, Ref namespace) {
    // @start region="run"
    Transaction sum = Transaction.of(namespace, List.of("/bin/sum", "/data"), Limits.DEFAULT);
    RunResult result = fabric.run(sum, Duration.ofMinutes(1));
    Ref output = result.output();
    // @end
    assert output.equals(result.outcome().output());
    return result;
  }

  /// In the background.
  public static boolean async(Fabric fabric, Transaction transaction) {
    // @start region="async"
    CompletableFuture<RunResult> running = fabric.runAsync(transaction, Duration.ofMinutes(1));
    CompletableFuture<Ref> output = running.thenApply(RunResult::output);
    boolean isCancelled = running.cancel(true); // ends it on its compute node
    // @end
    return isCancelled && output.isCompletedExceptionally();
  }
}
