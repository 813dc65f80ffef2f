package io.kogluktualuk.fabric.systemtests;

/// One operation of a client, as it saw it: a line of the history that is checked and kept.
///
/// An open step may have happened at any time after it was asked, also after it ended, or never.
///
/// @param kind what was asked
/// @param key of what
/// @param sent what was to be written; empty for a read
/// @param askedNanos when, of this process's monotonic clock
/// @param endedNanos when the client knew, or gave up
/// @param answer what it was told; empty for nothing
record Step(
    Kind kind,
    String key,
    String sent,
    long askedNanos,
    long endedNanos,
    Fate fate,
    String answer) {

  /// What clients do.
  enum Kind {
    RECORD,
    LOOKUP,
    SET_ROOT,
    GET_ROOT,
    PUT,
    READ,
    HOLD,
    RUN
  }

  /// What the client knows.
  enum Fate {
    /// It has happened.
    DONE,
    /// It has not, and never will.
    REFUSED,
    /// Unknown.
    OPEN
  }

  String line() {
    return "%d\t%d\t%s\t%s\t%s\t%s\t%s"
        .formatted(askedNanos, endedNanos, kind, fate, key, sent, answer.replace('\n', ' '));
  }
}
