package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;

/// Messages of a link, as many in a frame as there are at a time.
///
/// ```
/// frame    u8 version=1 │ { message } …                     at most Wire.FRAME_MAX bytes
/// message  u8 kind │ varint length │ that many bytes:
///   1 HELLO     text stage │ u64 incarnation
///   2 CREDIT    varint envelopes │ varint bytes
///   3 ENVELOPE  32 bytes id │ envelope
///   4 DONE      32 bytes id │ verdict
/// ```
///
/// **Threading:** one thread each.
final class Frames {

  private static final int VERSION = 1;
  private static final int HELLO = 1;
  private static final int CREDIT = 2;
  private static final int ENVELOPE = 3;
  private static final int DONE = 4;

  /// Kind and length of one message.
  private static final int HEAD_MAX = 1 + 4;

  /// A DONE with the longest reason.
  private static final int DONE_MAX = Hash.BYTES + 3 + Verdict.REASON_BYTES_MAX;

  private static final int MESSAGES_MAX = Wire.FRAME_MAX / 3;

  private final CanonicalWriter writer = new CanonicalWriter(Wire.FRAME_MAX);
  private final CanonicalWriter scratch = new CanonicalWriter(1024);

  Frames() {
    writer.u8(VERSION);
  }

  boolean isEmpty() {
    return writer.length() == 1;
  }

  boolean hasRoomFor(int envelopeBytes) {
    return writer.length() + HEAD_MAX + Hash.BYTES + envelopeBytes <= Wire.FRAME_MAX;
  }

  boolean hasRoomForDone() {
    return writer.length() + HEAD_MAX + DONE_MAX <= Wire.FRAME_MAX;
  }

  Frames hello(String stage, long incarnation) {
    scratch.clear();
    return add(HELLO, scratch.text(stage).u64(incarnation));
  }

  Frames credit(long envelopes, long bytes) {
    scratch.clear();
    return add(CREDIT, scratch.varint(envelopes).varint(bytes));
  }

  Frames envelope(Envelope envelope) {
    writer.u8(ENVELOPE).varint(Hash.BYTES + envelope.encodedLength()).hash(envelope.id());
    envelope.write(writer);
    return this;
  }

  /// An envelope that is encoded already, whatever its sender calls it.
  Frames envelope(Hash id, byte[] encoding) {
    writer.u8(ENVELOPE).varint(Hash.BYTES + encoding.length).hash(id).raw(encoding);
    return this;
  }

  Frames done(Hash id, Verdict verdict) {
    scratch.clear();
    Verdict.CODEC.write(verdict, scratch.hash(id));
    return add(DONE, scratch);
  }

  private Frames add(int kind, CanonicalWriter payload) {
    writer.u8(kind).varint(payload.length()).raw(payload.buffer(), 0, payload.length());
    return this;
  }

  /// The frame; a new one is begun.
  byte[] take() {
    byte[] frame = writer.toBytes();
    clear();
    return frame;
  }

  /// The frame's bytes, and more behind them; until the next message is added.
  byte[] buffer() {
    return writer.buffer();
  }

  int length() {
    return writer.length();
  }

  /// Begins a new frame in the same memory.
  void clear() {
    writer.clear();
    writer.u8(VERSION);
  }

  /// The messages of a frame. Envelopes are not looked into: one that is malformed is refused by
  /// its id, and the rest of the frame is good.
  ///
  /// @param peer who has sent it, for messages
  /// @throws MalformedEncoding for anything else than a frame
  static List<Message> read(String peer, byte[] frame) {
    if (frame.length > Wire.FRAME_MAX) {
      throw new MalformedEncoding(
          "frame from " + peer + " has " + frame.length + " bytes, at most " + Wire.FRAME_MAX);
    }
    CanonicalReader reader = new CanonicalReader("frame from " + peer, frame);
    int version = reader.u8();
    if (version != VERSION) {
      throw reader.malformed("it is of version " + version + ", expected " + VERSION);
    }
    List<Message> messages = new ArrayList<>();
    while (reader.remaining() > 0 && messages.size() < MESSAGES_MAX) {
      int kind = reader.u8();
      int length = (int) reader.varint(reader.remaining(), "the length of a message");
      int start = frame.length - reader.remaining();
      reader.skip(length, "a message");
      messages.add(message(peer, kind, frame, start, length));
    }
    reader.end();
    return messages;
  }

  private static Message message(String peer, int kind, byte[] frame, int start, int length) {
    CanonicalReader reader = new CanonicalReader("message from " + peer, frame, start, length);
    Message message =
        switch (kind) {
          case HELLO -> new Message.Hello(Origin.readName(reader), reader.u64());
          case CREDIT -> new Message.Credit(reader.varint(), reader.varint());
          case ENVELOPE -> parcel(reader, frame, start, length);
          case DONE -> new Message.Done(reader.hash(), Verdict.CODEC.read(reader));
          default -> throw reader.malformed("no message has kind " + kind);
        };
    reader.end();
    return message;
  }

  private static Message parcel(CanonicalReader reader, byte[] frame, int start, int length) {
    Hash id = reader.hash();
    reader.skip(reader.remaining(), "an envelope");
    return new Message.Parcel(id, frame, start + Hash.BYTES, length - Hash.BYTES);
  }
}
