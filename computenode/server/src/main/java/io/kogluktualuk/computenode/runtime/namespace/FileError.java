package io.kogluktualuk.computenode.runtime.namespace;

/// A call on files that fails in an ordinary way: the program sees the [Errno].
///
/// Carries no stack trace: it never leaves the call.
public final class FileError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Errno errno;

  public FileError(Errno errno) {
    super(errno.name(), null, false, false);
    this.errno = errno;
  }

  public Errno errno() {
    return errno;
  }
}
