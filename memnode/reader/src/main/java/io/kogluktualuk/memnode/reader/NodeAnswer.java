package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.memnode.api.BlobLocation;

/// What came of looking for a blob on one node.
sealed interface NodeAnswer {

  /// The blob's bytes, verified.
  ///
  /// @param fetched the receiver's to close
  /// @param place where they were
  record Bytes(Fetched fetched, BlobLocation place) implements NodeAnswer {}

  /// The node does not have it.
  record Absent() implements NodeAnswer {}

  /// The node shows it, and has other bytes in its place.
  record Damaged() implements NodeAnswer {}

  /// The node has it, and moved it again and again while it was read.
  ///
  /// @param looks how often it was looked for
  record Moving(int looks) implements NodeAnswer {}

  /// The node could not be asked, or could not answer.
  record Failed(FabricException reason) implements NodeAnswer {}

  /// Whether the same question may soon have a better answer.
  default boolean isForNow() {
    return this instanceof Moving || this instanceof Failed(OutOfSpace _);
  }
}
