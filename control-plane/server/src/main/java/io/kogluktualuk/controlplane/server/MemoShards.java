package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/// The parts of the memo index, and which of them a key belongs to.
///
/// The part of a key follows from its last eight bytes, which are as random as the rest of it, so
/// parts fill evenly. The number of parts is fixed when a cluster is formed: it is in the names of
/// their logs, so a node with another number finds neither its folder nor its peers.
///
/// **Threading:** any thread.
final class MemoShards {

  private final List<MemoShard> shards;

  MemoShards(List<MemoShard> shards) {
    this.shards = List.copyOf(shards);
  }

  /// The name of the log of one of several parts.
  static String logName(int shard, int count) {
    return "memo-" + shard + "-of-" + count;
  }

  List<MemoShard> all() {
    return shards;
  }

  MemoShard of(Hash key) {
    return shards.get(indexOf(key));
  }

  int indexOf(Hash key) {
    return (int) Long.remainderUnsigned(key.word(3), shards.size());
  }

  /// Has each part answer for what belongs to it, all at once, and puts the answers in the order
  /// of the questions.
  <Q, R> List<R> route(List<Q> questions, ToIntFunction<Q> shardOf, PartHandler<Q, R> handler) {
    if (shards.size() == 1) {
      return handler.answer(shards.getFirst(), questions);
    }
    List<List<Q>> parts = new ArrayList<>();
    shards.forEach(_ -> parts.add(new ArrayList<>()));
    int[] shardOfEach = new int[questions.size()];
    for (int i = 0; i < shardOfEach.length; i++) {
      shardOfEach[i] = shardOf.applyAsInt(questions.get(i));
      parts.get(shardOfEach[i]).add(questions.get(i));
    }
    List<List<R>> answers =
        onEach(
            shard -> {
              List<Q> part = parts.get(shards.indexOf(shard));
              return part.isEmpty() ? List.of() : handler.answer(shard, part);
            });
    return inOrder(shardOfEach, answers);
  }

  private static <R> List<R> inOrder(int[] shardOfEach, List<List<R>> answers) {
    int[] next = new int[answers.size()];
    List<R> all = new ArrayList<>(shardOfEach.length);
    for (int shard : shardOfEach) {
      all.add(answers.get(shard).get(next[shard]++));
    }
    return all;
  }

  /// Has all parts do something at once.
  <R> List<R> onEach(Function<MemoShard, R> task) {
    if (shards.size() == 1) {
      return List.of(task.apply(shards.getFirst()));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<R>> running = new ArrayList<>();
      for (MemoShard shard : shards) {
        running.add(threads.submit(() -> task.apply(shard)));
      }
      List<R> answers = new ArrayList<>();
      for (Future<R> each : running) {
        answers.add(each.get());
      }
      return answers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while asking the parts of the memo index", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FabricException fault) {
        throw FabricException.ofTag(fault.tag(), String.valueOf(fault.getMessage()));
      }
      throw new IllegalStateException("a part of the memo index failed", e.getCause());
    }
  }

  /// Answers for one part, each question in its order.
  interface PartHandler<Q, R> {
    List<R> answer(MemoShard shard, List<Q> questions);
  }
}
