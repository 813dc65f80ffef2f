package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.MethodTable;

/// A channel to the calls of this process, over real encodings but no transport.
///
/// **Threading:** as [Channel].
///
/// @param caller whom a certificate would name
record TableChannel(MethodTable methods, Caller caller) implements Channel {

  TableChannel(MethodTable methods) {
    this(methods, Caller.UNPROVEN);
  }

  @Override
  public <Q, R> R call(Method<Q, R> method, Q request, Deadline deadline) {
    CanonicalWriter sent = new CanonicalWriter(MESSAGE_BYTES_MAX);
    method.request().write(request, sent);
    CanonicalWriter answered = new CanonicalWriter(MESSAGE_BYTES_MAX);
    CanonicalReader asked = new CanonicalReader(method.name(), sent.toBytes());
    methods.answer(method.number(), caller, asked, answered);
    CanonicalReader answer = new CanonicalReader(method.name(), answered.toBytes());
    R response = method.response().read(answer);
    answer.end();
    return response;
  }

  @Override
  public void close() {}
}
