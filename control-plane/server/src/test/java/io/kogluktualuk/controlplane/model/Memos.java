package io.kogluktualuk.controlplane.model;

import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Memos and members made from numbers, as tests want them.
public final class Memos {

  private Memos() {}

  public static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  public static Hash hash(String text) {
    return Hash.of(text.getBytes(StandardCharsets.UTF_8));
  }

  public static Hash key(long number) {
    return hash("key " + number);
  }

  public static Ref blob(String text) {
    return new Ref(Kind.BLOB, hash(text), text.length());
  }

  /// The outcome of transaction `number`; another `version` is another outcome.
  public static Outcome outcome(long number, int version) {
    return new Outcome(
        new Ending.Exited(0),
        1000 + number,
        blob("output " + number + " " + version),
        blob(""),
        blob("trace " + number));
  }

  public static MemoRecord memo(long number, int version, String producer) {
    return new MemoRecord(key(number), outcome(number, version), producer, 5_000_000 + number);
  }

  public static MemoRecord memo(long number) {
    return memo(number, 1, "compute-" + number % 3);
  }

  public static NodeId nodeId(long number) {
    return new NodeId(number, ~number);
  }

  public static MemberInfo member(long number) {
    return member(number % 2 == 0 ? Role.MEMORY : Role.COMPUTE, number);
  }

  public static MemberInfo member(Role role, long number) {
    return new MemberInfo(
        role, nodeId(number), "node-" + number, "10.0.0.1:" + (1000 + number), 1L << 30, 100, 4);
  }
}
