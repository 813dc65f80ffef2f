package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.List;

/// The control plane as one of its nodes sees it: who is in, who leads what, how far each is.
///
/// @param node the id of the node that answers
/// @param nodes all that the logs have agreed on, in the order of their ids
/// @param groups the replicated logs, the main one first
public record PlaneStatus(String node, List<Node> nodes, List<Group> groups) {

  public static final int NODES_MAX = 16;
  public static final int GROUPS_MAX = 65;

  private static final int TEXT_BYTES_MAX = 256;

  /// One control node.
  ///
  /// @param consensus where its consensus port is
  /// @param control where it answers control calls; empty while it has not joined
  public record Node(String id, String consensus, String control) {

    static final Codec<Node> CODEC =
        new Codec<>() {
          @Override
          public void write(Node node, CanonicalWriter writer) {
            writer.text(node.id).text(node.consensus).text(node.control);
          }

          @Override
          public Node read(CanonicalReader reader) {
            return new Node(
                reader.text(TEXT_BYTES_MAX, "the id of a control node"),
                reader.text(MemberInfo.ADDRESS_BYTES_MAX, "a consensus address"),
                reader.text(MemberInfo.ADDRESS_BYTES_MAX, "a control address"));
          }
        };
  }

  /// How far one follower is behind its leader.
  ///
  /// @param lagEntries entries that it does not have yet
  /// @param heardMillisAgo since its last answer to the leader
  public record Follower(String id, long lagEntries, long heardMillisAgo) {

    static final Codec<Follower> CODEC =
        new Codec<>() {
          @Override
          public void write(Follower follower, CanonicalWriter writer) {
            writer.text(follower.id).varint(follower.lagEntries).varint(follower.heardMillisAgo);
          }

          @Override
          public Follower read(CanonicalReader reader) {
            return new Follower(
                reader.text(TEXT_BYTES_MAX, "the id of a follower"),
                reader.varint(),
                reader.varint());
          }
        };
  }

  /// One replicated log.
  ///
  /// @param leader the id of its leader, empty while there is none
  /// @param role the part the answering node plays in it, in words
  /// @param commitIndex the last entry that the answering node knows to be agreed on
  /// @param appliedIndex the last entry that it has applied
  /// @param followers how far the others are; only the leader knows
  public record Group(
      String name,
      String leader,
      String role,
      long term,
      long commitIndex,
      long appliedIndex,
      List<Follower> followers) {

    static final Codec<Group> CODEC =
        new Codec<>() {
          @Override
          public void write(Group group, CanonicalWriter writer) {
            writer.text(group.name).text(group.leader).text(group.role).varint(group.term);
            writer.varint(group.commitIndex).varint(group.appliedIndex);
            Lists.write(group.followers, Follower.CODEC, writer);
          }

          @Override
          public Group read(CanonicalReader reader) {
            return new Group(
                reader.text(TEXT_BYTES_MAX, "the name of a log"),
                reader.text(TEXT_BYTES_MAX, "a leader"),
                reader.text(TEXT_BYTES_MAX, "a role"),
                reader.varint(),
                reader.varint(),
                reader.varint(),
                Lists.read(Follower.CODEC, NODES_MAX, 3, "the followers", reader));
          }
        };

    public Group {
      followers = List.copyOf(followers);
    }
  }

  public static final Codec<PlaneStatus> CODEC =
      new Codec<>() {
        @Override
        public void write(PlaneStatus plane, CanonicalWriter writer) {
          writer.text(plane.node);
          Lists.write(plane.nodes, Node.CODEC, writer);
          Lists.write(plane.groups, Group.CODEC, writer);
        }

        @Override
        public PlaneStatus read(CanonicalReader reader) {
          return new PlaneStatus(
              reader.text(TEXT_BYTES_MAX, "the node"),
              Lists.read(Node.CODEC, NODES_MAX, 3, "the control nodes", reader),
              Lists.read(Group.CODEC, GROUPS_MAX, 7, "the logs", reader));
        }
      };

  public PlaneStatus {
    nodes = List.copyOf(nodes);
    groups = List.copyOf(groups);
  }
}
