package io.kogluktualuk.computenode.vm.machine;

/// Ends the running guest because of what it did. Carries no stack trace.
///
/// **Threading:** immutable but for what every exception has.
public final class MachineTrap extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Why, in the words of the specification.
  public enum Reason {
    UNREACHABLE("unreachable"),
    DIVIDE_BY_ZERO("integer divide by zero"),
    INTEGER_OVERFLOW("integer overflow"),
    BAD_CONVERSION("invalid conversion to integer"),
    MEMORY_BOUNDS("out of bounds memory access"),
    TABLE_BOUNDS("out of bounds table access"),
    UNDEFINED_ELEMENT("undefined element"),
    UNINITIALIZED_ELEMENT("uninitialized element"),
    CALL_TYPE("indirect call type mismatch"),
    STACK_OVERFLOW("call depth limit reached");

    private final String words;

    Reason(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  private final Reason reason;

  public MachineTrap(Reason reason) {
    super(reason.words, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
