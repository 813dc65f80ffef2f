package io.kogluktualuk.fabric.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// One connection to a Redis server, for streams: as lean as [RedisPeer]. An entry has two fields,
/// `h` for the header of [StageOrder] and `p` for the content, which is sent on from the buffer
/// into which it was received.
///
/// **Threading:** one thread. **Bound:** one buffer of [#BUFFER_BYTES]; an entry must fit.
final class RedisStream implements AutoCloseable {

  private static final int BUFFER_BYTES = 40 << 20;
  private static final String COUNT = "8";

  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();
  private long copied;

  private RedisStream(SocketChannel channel) {
    this.channel = channel;
  }

  /// What is done with an entry.
  interface Each {
    /// @param header valid until it returns
    /// @param content valid until it returns
    void entry(String id, ByteBuffer header, ByteBuffer content) throws IOException;
  }

  static RedisStream connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    return new RedisStream(channel);
  }

  /// Bytes written to the socket and read from it.
  long copied() {
    return copied;
  }

  /// Waits for entries behind one, and has each worked on, oldest first; returns the last one's id.
  String read(String stream, String after, Each each) throws IOException {
    send(command("XREAD", "COUNT", COUNT, "BLOCK", "0", "STREAMS", stream, after));
    expect('*', 1);
    expect('*', 2);
    text();
    String last = after;
    for (int entries = number('*'); entries > 0; entries--) {
      expect('*', 2);
      last = text();
      expect('*', 4);
      text();
      byte[] header = new byte[number('$')];
      bytes(header.length).get(header);
      skipLine();
      text();
      ByteBuffer content = bytes(number('$'));
      each.entry(last, ByteBuffer.wrap(header), content);
      skipLine();
    }
    return last;
  }

  /// Adds an entry; [#skipReply] is due for it.
  void add(String stream, ByteBuffer header, ByteBuffer content) throws IOException {
    ByteBuffer before =
        ascii(
            "*7\r\n"
                + bulk("XADD")
                + bulk(stream)
                + bulk("*")
                + bulk("h")
                + "$"
                + header.remaining()
                + "\r\n");
    ByteBuffer between = ascii("\r\n" + bulk("p") + "$" + content.remaining() + "\r\n");
    send(before, header, between, content.duplicate(), ascii("\r\n"));
  }

  /// Deletes an entry; [#skipReply] is due for it.
  void delete(String stream, String id) throws IOException {
    send(command("XDEL", stream, id));
  }

  /// Tells that a message is done; [#skipReply] is due for it.
  void acknowledge(String list) throws IOException {
    send(command("RPUSH", list, "1"));
  }

  /// Waits until a message is done.
  void awaitAcknowledged(String list) throws IOException {
    send(command("BLPOP", list, "0"));
    expect('*', 2);
    text();
    text();
  }

  /// Waits for the answer to what was added, deleted or acknowledged.
  void skipReply() throws IOException {
    String line = line();
    if (line.startsWith("-")) {
      throw new IOException("redis: " + line);
    }
    if (line.startsWith("$")) {
      bytes(Integer.parseInt(line.substring(1)));
      skipLine();
    }
  }

  private static ByteBuffer command(String... words) {
    StringBuilder text = new StringBuilder("*").append(words.length).append("\r\n");
    for (String word : words) {
      text.append(bulk(word));
    }
    return ascii(text.toString());
  }

  private static String bulk(String word) {
    return "$" + word.length() + "\r\n" + word + "\r\n";
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void send(ByteBuffer... parts) throws IOException {
    ByteBuffer last = parts[parts.length - 1];
    while (last.hasRemaining()) {
      copied += channel.write(parts);
    }
  }

  private void expect(char kind, int count) throws IOException {
    int found = number(kind);
    if (found != count) {
      throw new IOException("redis gave " + kind + found + ", expected " + kind + count);
    }
  }

  private int number(char kind) throws IOException {
    String line = line();
    if (line.charAt(0) != kind) {
      throw new IOException("redis gave " + line + ", expected " + kind);
    }
    return Integer.parseInt(line.substring(1));
  }

  private String text() throws IOException {
    byte[] bytes = new byte[number('$')];
    bytes(bytes.length).get(bytes);
    skipLine();
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private void skipLine() throws IOException {
    await(2);
    in.position(in.position() + 2);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      await(1);
      char next = (char) in.get();
      if (next == '\r') {
        await(1);
        in.get();
        return line.toString();
      }
      line.append(next);
    }
  }

  /// A view of the next bytes, valid until the next call.
  private ByteBuffer bytes(int length) throws IOException {
    await(length);
    ByteBuffer view = in.slice(in.position(), length);
    in.position(in.position() + length);
    return view;
  }

  private void await(int bytes) throws IOException {
    if (in.remaining() >= bytes) {
      return;
    }
    if (bytes > in.capacity()) {
      throw new IOException("redis gives " + bytes + " bytes, at most " + in.capacity());
    }
    if (!in.hasRemaining() || in.capacity() - in.position() < bytes) {
      in.compact();
    } else {
      int from = in.position();
      in.position(in.limit()).limit(in.capacity());
      fill(from, bytes);
      return;
    }
    fill(0, bytes);
  }

  private void fill(int from, int bytes) throws IOException {
    while (in.position() - from < bytes) {
      int read = channel.read(in);
      if (read < 0) {
        throw new EOFException("redis closed the connection");
      }
      copied += read;
    }
    in.limit(in.position()).position(from);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
