package io.kogluktualuk.paxoslog.ratis;

import java.io.IOException;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.protocol.exceptions.StateMachineException;

/// What came of a request, and whether it is worth another attempt.
sealed interface Answer {

  /// It was done.
  record Done(byte[] reply) implements Answer {}

  /// The state machine of the replica that was asked is broken.
  record Broken(String reason, Throwable cause) implements Answer {}

  /// Somebody else, or later.
  ///
  /// @param mayBeAppended whether the entry may be in somebody's log all the same
  /// @param isConnectionLost whether the connection is of no more use
  record Again(Throwable cause, boolean mayBeAppended, boolean isConnectionLost)
      implements Answer {}

  static Answer of(RaftClientReply reply) {
    RaftException problem = reply.getException();
    return problem == null
        ? new Done(reply.getMessage().getContent().toByteArray())
        : of((Throwable) problem);
  }

  static Answer of(Throwable problem) {
    return switch (problem) {
      case StateMachineException e -> new Broken("the leader's state machine broke: " + e, e);
      // These are said before the log is touched.
      case LeaderNotReadyException e -> new Again(e, false, false);
      case LeaderSteppingDownException e -> new Again(e, false, false);
      case ResourceUnavailableException e -> new Again(e, false, false);
      case ServerNotReadyException e -> new Again(e, false, false);
      case GroupMismatchException e -> new Again(e, false, false);
      // A leader that is deposed says so of what it has in its log, too.
      case NotLeaderException e -> new Again(e, true, false);
      case RaftException e -> new Again(e, true, false);
      case IOException e -> lost(e);
      default -> lost(problem);
    };
  }

  private static Again lost(Throwable problem) {
    return new Again(problem, !RatisFaults.isUnconnected(problem), true);
  }
}
