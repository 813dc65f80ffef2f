package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.MethodTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns requests into answers by the handlers of one table.
///
/// **Threading:** [#answerAnew] by any number of threads; [#answer] by one, which then allocates
/// nothing but what codecs and handler do.
final class Answering {

  private static final Logger LOG = LoggerFactory.getLogger(Answering.class);

  private final MethodTable methods;
  private final CanonicalReader reader = new CanonicalReader();
  private final CanonicalWriter writer = new CanonicalWriter(Channel.MESSAGE_BYTES_MAX);

  Answering(MethodTable methods) {
    this.methods = methods;
  }

  /// Answers with memory that is used again by the next call of this method.
  void answer(Caller caller, Frame request, Frame answer) {
    writer.clear();
    answer(caller, request, reader, writer, answer);
  }

  /// Answers with memory of its own.
  void answerAnew(Caller caller, Frame request, Frame answer) {
    answer(
        caller,
        request,
        new CanonicalReader(),
        new CanonicalWriter(Channel.MESSAGE_BYTES_MAX),
        answer);
  }

  private void answer(
      Caller caller, Frame request, CanonicalReader from, CanonicalWriter to, Frame answer) {
    int number = request.argument;
    from.over(methods.requestNameOf(number), request.payload, request.offset, request.length);
    try {
      methods.answer(number, caller, from, to);
      answer.of(Frame.RESPONSE, request.series, 0, 0).carrying(to.buffer(), 0, to.length());
    } catch (FabricException e) {
      fault(request, e, answer);
    } catch (RuntimeException | StackOverflowError e) {
      String name = methods.nameOf(number);
      LOG.error("the handler of {} failed", name, e);
      fault(request, new Refused(name + " failed at the server: " + e), answer);
    }
  }

  /// Answers that there is no place for this request.
  void refuse(Frame request, Frame answer) {
    fault(request, new Unavailable("too many calls are being answered already"), answer);
  }

  private static void fault(Frame request, FabricException fault, Frame answer) {
    byte[] message = String.valueOf(fault.getMessage()).getBytes(StandardCharsets.UTF_8);
    int length = Math.min(message.length, Frame.FAULT_BYTES_MAX);
    answer.of(Frame.FAULT, request.series, fault.tag(), 0).carrying(message, 0, length);
  }

  /// An entry that stays when the memory of this one is used again.
  static Frame copyOf(Frame frame) {
    byte[] payload = Arrays.copyOfRange(frame.payload, frame.offset, frame.offset + frame.length);
    return new Frame()
        .of(frame.kind, frame.series, frame.argument, frame.nanos)
        .carrying(payload, 0, frame.length);
  }
}
