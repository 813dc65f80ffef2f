package io.kogluktualuk.fabric.client;

import io.kogluktualuk.memnode.api.Retention;
import io.kogluktualuk.memnode.reader.PutPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How something is put: what it would cost to lose it, on how many nodes, held by whom.
///
/// {@snippet file="Putting.java" region="options"}
///
/// **Threading:** immutable.
public final class PutOptions {

  private static final PutOptions SOURCE =
      new PutOptions(Retention.SOURCE, null, false, false, null);

  private final Retention retention;
  private final @Nullable Integer replicas;
  private final boolean isDurable;
  private final boolean isEven;
  private final @Nullable Hold hold;

  private PutOptions(
      Retention retention,
      @Nullable Integer replicas,
      boolean isDurable,
      boolean isEven,
      @Nullable Hold hold) {
    this.retention = retention;
    this.replicas = replicas;
    this.isDurable = isDurable;
    this.isEven = isEven;
    this.hold = hold;
  }

  /// What cannot be had again. It is never evicted; it is collected when no root reaches it,
  /// nobody holds it, and it is older than the operator's grace. On as many nodes as the settings
  /// say. The default.
  public static PutOptions source() {
    return SOURCE;
  }

  /// What can be had again: may be evicted as soon as it is neither held nor reached by a root. On
  /// one node.
  ///
  /// @param cost what having it again would take; what costs more stays longer
  public static PutOptions derived(Duration cost) {
    return new PutOptions(Retention.Derived.of(cost), 1, false, false, null);
  }

  /// What is handed over to somebody who reads it soon, and is worth nothing afterwards: the first
  /// to be evicted once it is not held. To be put [#heldBy] somebody, or it may be gone at once.
  public static PutOptions passing() {
    return derived(Duration.ZERO);
  }

  /// On so many nodes, as far as there are so many.
  ///
  /// @throws io.kogluktualuk.fabric.fault.InvalidArgument unless it is 1 to
  ///     [ClientSettings#REPLICAS_MAX]
  public PutOptions replicas(int count) {
    return new PutOptions(
        retention, ClientSettings.DEFAULT.withReplicas(count).replicas(), isDurable, isEven, hold);
  }

  /// The put waits until each node has it on its device, so that it survives a loss of power.
  public PutOptions durable() {
    return new PutOptions(retention, replicas, true, isEven, hold);
  }

  /// It is held from the moment when it is stored, as if it had been added to the hold then.
  public PutOptions heldBy(Hold holder) {
    return new PutOptions(retention, replicas, isDurable, isEven, holder);
  }

  /// Content that is in memory, and longer than 4 MiB, is cut into equal parts, sixteen if
  /// that is enough, which are hashed side by side; the whole is not hashed besides. For what is
  /// read once.
  ///
  /// The ref names the bytes as surely as any other, and each part is verified as ever. What one
  /// loses: parts of similar contents are no longer the same, so they take their room twice; the
  /// SHA-256 of the whole stands nowhere, so `kog stat` cannot tell it; and the same bytes have
  /// another ref than when they are put in another way. A stream, and memory that only one thread
  /// may read, are cut as ever.
  public PutOptions evenly() {
    return new PutOptions(retention, replicas, isDurable, true, hold);
  }

  boolean isEven() {
    return isEven;
  }

  @Nullable Hold hold() {
    return hold;
  }

  PutPolicy policy(ClientSettings settings) {
    int count = replicas == null ? settings.replicas() : replicas;
    PutPolicy policy =
        PutPolicy.source(count).withRetention(retention).withAccount(settings.account());
    return isDurable ? policy.durable() : policy;
  }
}
