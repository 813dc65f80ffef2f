package io.kogluktualuk.rdma.software;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// What the two ends of a connection say to each other over TCP.
///
/// Each message travels as a 4-byte big-endian length, at most [#BYTES_MAX], and its canonical
/// encoding, which begins with the tag. The active side says [Hello]; the passive side answers with
/// [Accept] or [Reject] and the link is up. Then either side may say the others.
sealed interface CmMessage {

  int VERSION = 2;
  int BYTES_MAX = 8 * 1024;
  int TEXT_BYTES_MAX = 4 * 1024;
  int REASON_BYTES_MAX = 1024;

  byte[] MAGIC = {'K', 'O', 'G', 'R', 'D', 'M', 'A', VERSION};

  /// @param host identifies the running kernel, so that both ends know they share memory
  /// @param process identifies the running process
  /// @param link an empty token when the active side does not share memory
  record Hello(
      String host, String process, int queuePair, PathChoice path, Memory link, Memory doorbell)
      implements CmMessage {}

  /// Over TCP it is the last message: [Frame]s follow, both ways.
  ///
  /// @param isShared whether data goes through the shared memory
  /// @param reason why that, or why TCP
  record Accept(String process, int queuePair, boolean isShared, String reason, Memory doorbell)
      implements CmMessage {}

  record Reject(String reason) implements CmMessage {}

  /// Which region has this key?
  record RegionQuery(int query, int rkey) implements CmMessage {}

  /// The answer for a region that can be mapped.
  ///
  /// @param slot the grant of the answering side, see [Link]
  record FileRegion(
      int query,
      int slot,
      String path,
      long inode,
      long fileOffset,
      long address,
      long length,
      int access)
      implements CmMessage {}

  /// The answer for a region of this very process that lies in no file.
  record PrivateRegion(int query, int slot, long address, long length, int access)
      implements CmMessage {}

  /// @param status the work completion status that an operation with this key ends with
  record NoRegion(int query, int status) implements CmMessage {}

  /// The other side has rung; sent only where shared memory cannot wake.
  record Ring() implements CmMessage {}

  record Disconnect() implements CmMessage {}

  /// The sender was refused what it asked of the receiver's memory: with that, as with an adapter,
  /// both queue pairs are in their error state.
  record Failed() implements CmMessage {}

  /// Shared memory: how to open it, and a number to be found inside.
  record Memory(String token, long nonce) {

    static Memory read(CanonicalReader reader) {
      return new Memory(reader.text(TEXT_BYTES_MAX, "a shared memory token"), reader.u64());
    }

    void write(CanonicalWriter writer) {
      writer.text(token).u64(nonce);
    }
  }

  static void write(CmMessage message, CanonicalWriter writer) {
    switch (message) {
      case Hello(var host, var process, var queuePair, var path, var link, var doorbell) -> {
        writer.u8(1).raw(MAGIC).text(host).text(process).varint(queuePair).u8(path.ordinal());
        link.write(writer);
        doorbell.write(writer);
      }
      case Accept(var process, var queuePair, var isShared, var reason, var doorbell) -> {
        writer.u8(2).raw(MAGIC).text(process).varint(queuePair).u8(isShared ? 1 : 0).text(reason);
        doorbell.write(writer);
      }
      case Reject(var reason) -> writer.u8(3).text(reason);
      case RegionQuery(var query, var rkey) ->
          writer.u8(4).varint(query).varint(rkey & 0xFFFFFFFFL);
      case FileRegion r -> {
        writer.u8(5).varint(r.query).varint(r.slot).text(r.path).u64(r.inode);
        writer.varint(r.fileOffset).u64(r.address).varint(r.length).varint(r.access);
      }
      case PrivateRegion(var query, var slot, var address, var length, var access) ->
          writer.u8(6).varint(query).varint(slot).u64(address).varint(length).varint(access);
      case NoRegion(var query, var status) -> writer.u8(7).varint(query).varint(status);
      case Ring() -> writer.u8(8);
      case Disconnect() -> writer.u8(9);
      case Failed() -> writer.u8(10);
    }
  }

  /// @throws io.kogluktualuk.fabric.fault.MalformedEncoding for anything that is not a message
  static CmMessage read(CanonicalReader reader) {
    int tag = reader.u8();
    CmMessage message =
        switch (tag) {
          case 1 -> readHello(reader);
          case 2 -> readAccept(reader);
          case 3 -> new Reject(reader.text(TEXT_BYTES_MAX, "a reason"));
          case 4 -> new RegionQuery(query(reader), (int) reader.varint(0xFFFFFFFFL, "an rkey"));
          case 5 -> readFileRegion(reader);
          case 6 -> readPrivateRegion(reader);
          case 7 -> new NoRegion(query(reader), (int) reader.varint(31, "a status"));
          case 8 -> new Ring();
          case 9 -> new Disconnect();
          case 10 -> new Failed();
          default -> throw reader.malformed("no message has tag " + tag);
        };
    reader.end();
    return message;
  }

  private static Hello readHello(CanonicalReader reader) {
    reader.magic(MAGIC);
    String host = reader.text(64, "a host");
    String process = reader.text(64, "a process");
    int number = number(reader);
    PathChoice path = path(reader);
    return new Hello(host, process, number, path, Memory.read(reader), Memory.read(reader));
  }

  private static Accept readAccept(CanonicalReader reader) {
    reader.magic(MAGIC);
    String process = reader.text(64, "a process");
    int number = number(reader);
    boolean isShared = isShared(reader);
    String reason = reader.text(REASON_BYTES_MAX, "a reason");
    return new Accept(process, number, isShared, reason, Memory.read(reader));
  }

  private static FileRegion readFileRegion(CanonicalReader reader) {
    int query = query(reader);
    int slot = slot(reader);
    String path = reader.text(TEXT_BYTES_MAX, "a path");
    long inode = reader.u64();
    long fileOffset = reader.varint();
    long address = reader.u64();
    return new FileRegion(
        query, slot, path, inode, fileOffset, address, length(reader), access(reader));
  }

  private static PrivateRegion readPrivateRegion(CanonicalReader reader) {
    int query = query(reader);
    int slot = slot(reader);
    long address = reader.u64();
    return new PrivateRegion(query, slot, address, length(reader), access(reader));
  }

  private static PathChoice path(CanonicalReader reader) {
    int ordinal = reader.u8();
    PathChoice[] all = PathChoice.values();
    if (ordinal >= all.length) {
      throw reader.malformed("no data path has number " + ordinal);
    }
    return all[ordinal];
  }

  private static boolean isShared(CanonicalReader reader) {
    int flag = reader.u8();
    if (flag > 1) {
      throw reader.malformed("a flag is " + flag);
    }
    return flag == 1;
  }

  private static int number(CanonicalReader reader) {
    return (int) reader.varint(0xFFFFFF, "a queue pair number");
  }

  private static int query(CanonicalReader reader) {
    return (int) reader.varint(Integer.MAX_VALUE, "a query number");
  }

  private static int slot(CanonicalReader reader) {
    return (int) reader.varint(Link.GRANT_SLOTS - 1, "a grant");
  }

  private static long length(CanonicalReader reader) {
    return reader.varint(Integer.MAX_VALUE, "a region's length");
  }

  private static int access(CanonicalReader reader) {
    return (int) reader.varint(0xFF, "access rights");
  }
}
