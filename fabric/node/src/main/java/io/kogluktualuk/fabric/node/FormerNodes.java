package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.node.config.NodeRole;
import java.nio.file.Files;
import java.nio.file.Path;

/// The nodes that a state folder has had: each has left a folder, `control-1`, `memory-2`.
///
/// **Threading:** stateless.
public final class FormerNodes {

  private FormerNodes() {}

  /// How many nodes of a role there were, counted from 1 on.
  public static int count(Path folder, NodeRole role) {
    int number = 0;
    while (Files.isDirectory(folder.resolve(role.word() + "-" + (number + 1)))) {
      number++;
    }
    return number;
  }

  /// Control nodes have to stay as many: each knows the others by name from when they first met,
  /// and two of three that are started alone would wait for a majority.
  ///
  /// @throws Conflict when the folder was made with another number
  public static void requireSameControlNodes(Path folder, int asked) {
    int former = count(folder, NodeRole.CONTROL);
    if (former != 0 && former != asked) {
      throw new Conflict(
          "state folder "
              + folder
              + " has "
              + former
              + " control node"
              + (former == 1 ? "" : "s")
              + ", not "
              + asked
              + ": start it without --control, choose another folder with --home, or change the"
              + " running cluster with 'kog control add' and 'remove'");
    }
  }
}
