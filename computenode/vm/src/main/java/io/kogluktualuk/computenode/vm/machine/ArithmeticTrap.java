package io.kogluktualuk.computenode.vm.machine;

/// A trap on its way to the function that caused it, which adds how much fuel it has left and
/// throws a [MachineTrap].
final class ArithmeticTrap extends ArithmeticException {

  private static final long serialVersionUID = 1L;

  private final MachineTrap.Reason reason;

  ArithmeticTrap(MachineTrap.Reason reason) {
    super(reason.words());
    this.reason = reason;
  }

  MachineTrap.Reason reason() {
    return reason;
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
