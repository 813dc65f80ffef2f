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

  /// Asks for one, and for those that gathered meanwhile when the answer is there at once.
  private void send(CompletableFuture<T> first) {
    CompletableFuture<T> waiting = first;
    while (waiting != null) {
      CompletableFuture<T> asked = question.get();
      if (!asked.isDone()) {
        CompletableFuture<T> served = waiting;
        asked.whenComplete(
            (_, _) -> {
              CompletableFuture<T> following = settle(served, asked);
              if (following != null) {
                send(following);
              }
            });
        return;
      }
      waiting = settle(waiting, asked);
    }
  }

  private @Nullable CompletableFuture<T> settle(
      CompletableFuture<T> waiting, CompletableFuture<T> answered) {
    CompletableFuture<T> following = advance();
    answered.whenComplete(
        (value, problem) -> {
          if (problem == null) {
            waiting.complete(value);
          } else {
            waiting.completeExceptionally(problem);
          }
        });
    return following;
  }

  private synchronized @Nullable CompletableFuture<T> advance() {
    underWay = next;
    next = null;
    return underWay;
  }
}
