package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Transaction;

/// Why a transaction was run although others like it, with the same arguments and limits, may have
/// been known.
///
/// @param key the transaction's key
public record WhyRun(Hash key, Transaction transaction, Reason reason) {

  /// How its trace stands to those that are known.
  public sealed interface Reason {}

  /// No other like it was known when it was run.
  public record First() implements Reason {}

  /// It has seen the same as another: it need not have been run, and perhaps was not.
  public record SameAs(Hash other) implements Reason {}

  /// It was answered otherwise than the one whose trace it shares the most of.
  ///
  /// @param other the key of that one
  /// @param number of the observation in both traces, from 1
  /// @param path where the question was asked, for people
  /// @param then what the other was answered
  /// @param now what it was answered itself
  public record Differs(Hash other, int number, String path, Trace.Step then, Trace.Step now)
      implements Reason {}
}
