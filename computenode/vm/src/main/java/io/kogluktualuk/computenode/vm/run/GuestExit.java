package io.kogluktualuk.computenode.vm.run;

/// Ends the running guest with an exit status: what `proc_exit` throws.
///
/// Carries no stack trace: leaving is ordinary.
public final class GuestExit extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  public GuestExit(int status) {
    super("exit " + status, null, false, false);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
