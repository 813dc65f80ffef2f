package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;

/// A stage whose work is a program of the fabric: the input's value is bound to a path of a
/// namespace, and the program's output is the stage's.
///
/// Equal inputs are the same transaction, so they are not processed twice, whoever sends them,
/// whenever. The output's metadata name the transaction ([#KEY]): from the envelope alone its
/// value can be had again when it is lost ([#recompute]); stages downstream do so by themselves.
///
/// A program that does not exit with 0 has failed on its input: it will fail again, and the
/// envelope is set aside with what the program said.
///
/// **Threading:** any number of lanes. **Errors:** those of a run.
public final class TransactionStage implements Handler {

  /// The metadata key of the transaction, as 64 hex digits.
  public static final String KEY = "kog.transaction";

  private final Fabric fabric;
  private final Ref namespace;
  private final NamePath input;
  private final List<String> argv;
  private final Limits limits;
  private final Duration timeout;

  private TransactionStage(
      Fabric fabric,
      Ref namespace,
      NamePath input,
      List<String> argv,
      Limits limits,
      Duration timeout) {
    this.fabric = fabric;
    this.namespace = namespace;
    this.input = input;
    this.argv = List.copyOf(argv);
    this.limits = limits;
    this.timeout = timeout;
  }

  /// A stage that runs a program.
  ///
  /// @param namespace has the program, and whatever else it needs
  /// @param input where the program finds its input, such as `/in`
  /// @param argv the program's path, then its arguments
  /// @param timeout for one run
  public static TransactionStage of(
      Fabric fabric, Ref namespace, String input, List<String> argv, Duration timeout) {
    return of(fabric, namespace, input, argv, Limits.DEFAULT, timeout);
  }

  /// The same, with other limits.
  public static TransactionStage of(
      Fabric fabric,
      Ref namespace,
      String input,
      List<String> argv,
      Limits limits,
      Duration timeout) {
    return new TransactionStage(fabric, namespace, NamePath.parse(input), argv, limits, timeout);
  }

  @Override
  public List<Output> handle(Input in) {
    Ref value = in.envelope().isCarried() ? in.read(fabric::put) : in.ref();
    Ref bound = fabric.trees().edit(namespace, editor -> editor.bind(input, value));
    Transaction transaction = Transaction.of(bound, argv, limits);
    Outcome outcome = run(fabric, transaction, timeout);
    Metadata metadata = in.metadata().with(KEY, transaction.key().toHex());
    return List.of(Output.of(outcome.output(), metadata));
  }

  private static Outcome run(Fabric fabric, Transaction transaction, Duration timeout) {
    Outcome outcome = fabric.run(transaction, timeout).report().outcome();
    if (!(outcome.ending() instanceof Ending.Exited(int status)) || status != 0) {
      throw new InvalidArgument(
          "transaction "
              + transaction.key()
              + " ended: "
              + outcome.ending()
              + "; what it said is "
              + outcome.diagnostics());
    }
    return outcome;
  }

  /// Has the value of an envelope computed again, from the transaction that its metadata name.
  ///
  /// @throws InvalidArgument when they name none
  /// @throws Corruption when that transaction gives something else: the envelope's value is
  ///     not its output, or not any more
  public static void recompute(Fabric fabric, Envelope envelope, Duration timeout) {
    String key = envelope.metadata().value(KEY);
    if (key == null) {
      throw new InvalidArgument(envelope + " is no transaction's output");
    }
    Hash hash = Hash.parse(key);
    byte[] encoding = fabric.read(hash, bytes -> bytes.toArray(ValueLayout.JAVA_BYTE));
    Outcome outcome = run(fabric, Transaction.decode(key, encoding), timeout);
    if (!outcome.output().equals(envelope.ref())) {
      throw new Corruption(envelope + ": transaction " + key + " gives " + outcome.output());
    }
  }
}
