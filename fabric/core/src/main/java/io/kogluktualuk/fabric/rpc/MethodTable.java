package io.kogluktualuk.fabric.rpc;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Refused;
import java.util.HashMap;
import java.util.Map;

/// The calls that one server answers.
///
/// **Threading:** filled by one thread before the server starts; read by any number afterwards.
/// Handlers run on virtual threads and may block.
public final class MethodTable {

  private final Map<Integer, Entry<?, ?>> entries = new HashMap<>();

  /// Answers one kind of call. What it throws is reported to the caller.
  public interface Handler<Q, R> {
    R handle(Q request);
  }

  private record Entry<Q, R>(Method<Q, R> method, Handler<Q, R> handler) {

    void answer(CanonicalReader request, CanonicalWriter response) {
      Q decoded = method.request().read(request);
      request.end();
      method.response().write(handler.handle(decoded), response);
    }
  }

  /// Adds a call. A number that is already taken is a programmer error.
  public <Q, R> MethodTable on(Method<Q, R> method, Handler<Q, R> handler) {
    if (entries.putIfAbsent(method.number(), new Entry<>(method, handler)) != null) {
      throw new IllegalStateException("method number " + method.number() + " is taken");
    }
    return this;
  }

  /// Decodes a request, runs its handler and encodes the response.
  ///
  /// @throws Refused when no handler has that number
  public void answer(int number, CanonicalReader request, CanonicalWriter response) {
    Entry<?, ?> entry = entries.get(number);
    if (entry == null) {
      throw new Refused("no method has number " + number + " here");
    }
    entry.answer(request, response);
  }

  /// The name of a method for metrics and messages.
  public String nameOf(int number) {
    Entry<?, ?> entry = entries.get(number);
    return entry == null ? "method-" + number : entry.method().name();
  }
}
