package io.kogluktualuk.computenode.vm.run;

/// Ends the running guest with a trap: thrown by host functions and by the machine, never seen by
/// callers of [Execution#run], who receive [ExecutionResult.Trapped].
///
/// Carries no stack trace: a trap is an ordinary outcome and its place is told by the fuel used.
public final class GuestTrap extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final TrapKind kind;
  private final String detail;

  public GuestTrap(TrapKind kind, String detail) {
    super(detail, null, false, false);
    this.kind = kind;
    this.detail = detail;
  }

  public TrapKind kind() {
    return kind;
  }

  /// What happened, in words that are the same on every host.
  public String detail() {
    return detail;
  }
}
