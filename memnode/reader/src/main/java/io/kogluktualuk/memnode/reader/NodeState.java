package io.kogluktualuk.memnode.reader;

/// What a memory node is good for, as its fabric has agreed.
public enum NodeState {
  /// Gets blobs and is read.
  ACTIVE,
  /// Is read, and gets nothing new: it is about to leave.
  DRAINING,
  /// Has been silent for long: asked last of all.
  LOST
}
