package io.kogluktualuk.computenode.vm.machine;

/// Carries what a host function threw through guest code, which must not mistake it for a trap.
public final class HostFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final RuntimeException failure;

  public HostFailure(RuntimeException failure) {
    super(null, failure, false, false);
    this.failure = failure;
  }

  public RuntimeException failure() {
    return failure;
  }
}
