package io.kogluktualuk.memnode.reader;

/// What a memory node is good for, as its fabric has agreed, or as a control node sees it.
public enum NodeState {
  /// Gets blobs and is read.
  ACTIVE,
  /// Is read, and gets nothing new: it is about to leave.
  DRAINING,
  /// As [#ACTIVE], but a control node has not heard from it lately: after those that it has heard
  /// from. Perhaps it is dead, perhaps that control node has just started or is busy.
  SILENT,
  /// Has been silent for long: asked last of all.
  LOST
}
