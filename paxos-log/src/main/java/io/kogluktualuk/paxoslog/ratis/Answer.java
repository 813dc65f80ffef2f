package io.kogluktualuk.paxoslog.ratis;

import java.io.IOException;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.protocol.exceptions.StateMachineException;

/// What came of a request, and whether it is worth another attempt.
sealed interface Answer {

  /// It was done.
  record Done(byte[] reply) implements Answer {}

  /// The state machine of the replica that was asked is broken.
  record Broken(String reason, Throwable cause) implements Answer {}

  /// It is not allowed.
  record Refused(String reason) implements Answer {}

  /// Somebody else, or later.
  ///
  /// @param mayBeAppended whether the entry may be in somebody's log all the same
  record Again(Throwable cause, boolean mayBeAppended) implements Answer {}

  static Answer of(RaftClientReply reply) {
    RaftException problem = reply.getException();
    if (problem != null) {
      return of((Throwable) problem);
    }
    Message message = reply.getMessage(); // none when members or leaders were changed
    return new Done(message == null ? new byte[0] : message.getContent().toByteArray());
  }

  static Answer of(Throwable problem) {
    return switch (problem) {
      case StateMachineException e -> new Broken("the leader's state machine broke: " + e, e);
      case SetConfigurationException e -> new Refused(String.valueOf(e.getMessage()));
      // These are said before the log is touched.
      case LeaderNotReadyException e -> new Again(e, false);
      case LeaderSteppingDownException e -> new Again(e, false);
      case ResourceUnavailableException e -> new Again(e, false);
      case ServerNotReadyException e -> new Again(e, false);
      case GroupMismatchException e -> new Again(e, false);
      // A leader that is deposed says so of what it has in its log, too.
      case NotLeaderException e -> new Again(e, true);
      case RaftException e -> new Again(e, true);
      case IOException e -> lost(e);
      default -> lost(problem);
    };
  }

  private static Again lost(Throwable problem) {
    return new Again(problem, !RatisFaults.isUnconnected(problem));
  }
}
