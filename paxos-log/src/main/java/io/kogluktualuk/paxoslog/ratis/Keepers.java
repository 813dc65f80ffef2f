package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.Conflict;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/// The replicas that have ever kept a log, as the log itself remembers.
///
/// A replica that comes with an empty folder but is remembered here has lost its disk. It must
/// not take part again under its id: it may have voted, and acknowledged entries that nobody
/// else is left to have.
///
/// An entry of the log starts with one byte: 0, the entry of a proposer follows; 1, the id of a
/// replica follows, which from now on is remembered.
///
/// **Threading:** changed by the thread that applies entries; asked by any.
final class Keepers {

  /// So many ids a log remembers; each replacement of a lost disk takes one.
  static final int MAX = 4096;

  /// Begins a question whether a replica is remembered; empty messages ask nothing.
  private static final String QUESTION = "kept-by ";

  private static final ByteString OF_PROPOSER = ByteString.copyFrom(new byte[] {0});
  private static final ByteString OF_KEEPER = ByteString.copyFrom(new byte[] {1});

  private volatile SortedSet<String> ids = Collections.emptySortedSet();

  static Message proposed(byte[] entry) {
    return Message.valueOf(OF_PROPOSER.concat(UnsafeByteOperations.unsafeWrap(entry)));
  }

  static Message kept(String id) {
    return Message.valueOf(OF_KEEPER.concat(ByteString.copyFromUtf8(id)));
  }

  static Message question(String id) {
    return Message.valueOf(QUESTION + id);
  }

  static boolean isQuestion(Message message) {
    return message.getContent().toStringUtf8().startsWith(QUESTION);
  }

  /// Whether an entry is one of ours rather than of a proposer.
  static boolean isOurs(ByteString entry) {
    if (entry.isEmpty() || entry.byteAt(0) > 1 || entry.byteAt(0) < 0) {
      throw new IllegalStateException("an entry of an unknown kind, " + entry.size() + " bytes");
    }
    return entry.byteAt(0) == 1;
  }

  static byte[] content(ByteString entry) {
    return entry.substring(1).toByteArray();
  }

  /// Applies an entry of ours.
  void remember(ByteString entry) {
    TreeSet<String> more = new TreeSet<>(ids);
    more.add(new String(content(entry), StandardCharsets.UTF_8));
    if (more.size() <= MAX) {
      ids = Collections.unmodifiableSortedSet(more);
    }
  }

  void replace(SortedSet<String> all) {
    ids = Collections.unmodifiableSortedSet(new TreeSet<>(all));
  }

  SortedSet<String> all() {
    return ids;
  }

  /// Whether the replica that a question asks for is remembered.
  boolean answer(Message question) {
    return ids.contains(question.getContent().toStringUtf8().substring(QUESTION.length()));
  }

  static Conflict lost(String id, Object folder) {
    return new Conflict(
        "replica "
            + id
            + " has kept this log before, but "
            + folder
            + " is empty: its disk was lost or another folder is given. It must not come back under"
            + " its old id. Remove it (kog control remove "
            + id
            + ") and let it join under a fresh id (kog control join)");
  }
}
