package io.kogluktualuk.fabric.rpc;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Refused;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The calls that one server answers.
///
/// **Threading:** filled by one thread before the server starts; read by any number afterwards.
/// Handlers run on virtual threads and may block; those added by [#onInline] run on the thread that
/// takes the server's messages, one after the other, and may not.
public final class MethodTable {

  private static final int INITIAL = 16;

  /// By method number.
  private @Nullable Entry<?, ?>[] entries;

  private Guard guard = (_, _, _) -> {};

  public MethodTable() {
    entries = new @Nullable Entry<?, ?>[INITIAL];
  }

  /// Answers one kind of call. What it throws is reported to the caller.
  public interface Handler<Q, R> {
    R handle(Q request);
  }

  /// Answers one kind of call, and wants to know whose it is.
  public interface CallerHandler<Q, R> {
    R handle(Caller caller, Q request);
  }

  /// Says who may make which calls.
  public interface Guard {

    /// Returns when the call may be made. Runs before the handler, on its thread.
    ///
    /// @throws Refused when it may not
    void check(Caller caller, Method<?, ?> method, Object request);
  }

  private record Entry<Q, R>(
      Method<Q, R> method, String requestName, boolean isInline, CallerHandler<Q, R> handler) {

    void answer(Guard guard, Caller caller, CanonicalReader request, CanonicalWriter response) {
      Q decoded = method.request().read(request);
      request.end();
      guard.check(caller, method, decoded);
      method.response().write(handler.handle(caller, decoded), response);
    }
  }

  /// Adds a call. A number that is already taken is a programmer error.
  public <Q, R> MethodTable on(Method<Q, R> method, Handler<Q, R> handler) {
    return add(method, false, (_, request) -> handler.handle(request));
  }

  /// Adds a call whose handler takes a few microseconds and never waits: for a lock that is held
  /// over I/O, for another call, for anything. It holds up all other calls of the server.
  public <Q, R> MethodTable onInline(Method<Q, R> method, Handler<Q, R> handler) {
    return add(method, true, (_, request) -> handler.handle(request));
  }

  /// Adds a call whose handler is told who calls.
  public <Q, R> MethodTable onFrom(Method<Q, R> method, CallerHandler<Q, R> handler) {
    return add(method, false, handler);
  }

  /// Has all calls of this table checked before they are handled.
  public MethodTable guardedBy(Guard newGuard) {
    guard = newGuard;
    return this;
  }

  private <Q, R> MethodTable add(
      Method<Q, R> method, boolean isInline, CallerHandler<Q, R> handler) {
    int number = method.number();
    if (entry(number) != null) {
      throw new IllegalStateException("method number " + number + " is taken");
    }
    if (number >= entries.length) {
      entries = Arrays.copyOf(entries, Math.max(number + 1, 2 * entries.length));
    }
    entries[number] = new Entry<>(method, "request of " + method.name(), isInline, handler);
    return this;
  }

  private @Nullable Entry<?, ?> entry(int number) {
    return number >= 0 && number < entries.length ? entries[number] : null;
  }

  /// Whether a call is answered by the thread that takes it.
  public boolean isInline(int number) {
    Entry<?, ?> entry = entry(number);
    return entry != null && entry.isInline();
  }

  /// Answers a caller that has proven nothing.
  public void answer(int number, CanonicalReader request, CanonicalWriter response) {
    answer(number, Caller.UNPROVEN, request, response);
  }

  /// Decodes a request, runs its handler and encodes the response.
  ///
  /// @throws Refused when no handler has that number, or this caller may not make that call
  public void answer(int number, Caller caller, CanonicalReader request, CanonicalWriter response) {
    Entry<?, ?> entry = entry(number);
    if (entry == null) {
      throw new Refused("no method has number " + number + " here");
    }
    entry.answer(guard, caller, request, response);
  }

  /// The name of a method for metrics and messages.
  public String nameOf(int number) {
    Entry<?, ?> entry = entry(number);
    return entry == null ? "method-" + number : entry.method().name();
  }

  /// What a request for a method is called in messages about its bytes.
  public String requestNameOf(int number) {
    Entry<?, ?> entry = entry(number);
    return entry == null ? "request of method-" + number : entry.requestName();
  }
}
