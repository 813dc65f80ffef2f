package io.kogluktualuk.fabric.fault;

import org.jspecify.annotations.Nullable;

/// The root of every exception the fabric throws on purpose.
///
/// One subclass per reaction the caller could have. The message names what failed, which one, what
/// was expected and what was found; it never carries payload or secrets.
public abstract sealed class FabricException extends RuntimeException
    permits AlreadyClosed,
        Conflict,
        Corruption,
        DeadlineExceeded,
        InvalidArgument,
        MalformedEncoding,
        NotFound,
        OutOfCredits,
        OutOfSpace,
        Refused,
        StaleLease,
        Unavailable {

  private static final long serialVersionUID = 1L;

  FabricException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// What a caller may sensibly do about it.
  public abstract Category category();

  /// The stable number of this kind in control calls; never renumbered.
  public abstract int tag();

  /// Reactions, from mild to grave.
  public enum Category {
    /// The same call may succeed later or elsewhere.
    RETRY,
    /// The same call will fail again; the caller must change something.
    FAIL,
    /// The component must not go on with what it has in its hands.
    FATAL
  }

  /// Rebuilds the exception that a remote side reported.
  ///
  /// An unknown tag becomes [Unavailable]: a newer peer may know kinds that this one does not.
  public static FabricException ofTag(int tag, String message) {
    return switch (tag) {
      case AlreadyClosed.TAG -> new AlreadyClosed(message);
      case Conflict.TAG -> new Conflict(message);
      case Corruption.TAG -> new Corruption(message);
      case DeadlineExceeded.TAG -> new DeadlineExceeded(message);
      case InvalidArgument.TAG -> new InvalidArgument(message);
      case MalformedEncoding.TAG -> new MalformedEncoding(message);
      case NotFound.TAG -> new NotFound(message);
      case OutOfCredits.TAG -> new OutOfCredits(message);
      case OutOfSpace.TAG -> new OutOfSpace(message);
      case Refused.TAG -> new Refused(message);
      case StaleLease.TAG -> new StaleLease(message);
      default -> new Unavailable(message);
    };
  }
}
