package io.kogluktualuk.computenode.vm.module;

/// When a segment is used: at instantiation, when an instruction asks, or never.
public enum SegmentMode {
  ACTIVE,
  PASSIVE,
  /// Elements only: says that the functions may be referred to.
  DECLARED
}
