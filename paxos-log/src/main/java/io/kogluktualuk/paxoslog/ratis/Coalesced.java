package io.kogluktualuk.paxoslog.ratis;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A question whose answer serves all who came before it was asked.
///
/// One is under way at a time. Whoever comes meanwhile waits for the next, which is asked when
/// the first is answered: an answer to a question asked earlier might miss what the caller knows
/// of.
///
/// **Threading:** any thread.
/// **Bound:** two futures, however many wait.
final class Coalesced<T> {

  private final Supplier<CompletableFuture<T>> question;
  private @Nullable CompletableFuture<T> underWay;
  private @Nullable CompletableFuture<T> next;

  Coalesced(Supplier<CompletableFuture<T>> question) {
    this.question = question;
  }

  /// The answer to a question asked after this call.
  CompletableFuture<T> ask() {
    CompletableFuture<T> mine;
    synchronized (this) {
      if (underWay != null) {
        if (next == null) {
          next = new CompletableFuture<>();
        }
        return next;
      }
      mine = new CompletableFuture<>();
      underWay = mine;
    }
    send(mine);
    return mine;
  }

  private void send(CompletableFuture<T> answer) {
    question
        .get()
        .whenComplete(
            (value, problem) -> {
              CompletableFuture<T> following = advance();
              if (problem == null) {
                answer.complete(value);
              } else {
                answer.completeExceptionally(problem);
              }
              if (following != null) {
                send(following);
              }
            });
  }

  private synchronized @Nullable CompletableFuture<T> advance() {
    underWay = next;
    next = null;
    return underWay;
  }
}
