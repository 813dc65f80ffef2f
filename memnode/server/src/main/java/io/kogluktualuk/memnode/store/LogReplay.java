package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.memnode.api.BlobLocation;

/// Does to index and table what the records of a log say, one after the other. Keeps nothing
/// itself.
///
/// **Threading:** one thread.
final class LogReplay implements SealLog.Listener {

  private final BlobIndex index;
  private final BlobTable table;
  private final boolean isSpilled;

  /// @param isSpilled whether all blobs are in a file tier that peers do not see
  LogReplay(BlobIndex index, boolean isSpilled) {
    this.index = index;
    this.table = index.table();
    this.isSpilled = isSpilled;
  }

  /// @throws OutOfSpace when the index is full
  @Override
  public void heard(BlobRecord record, long number) {
    int ordinal = index.ordinal(record.hash());
    if (record.kind() == BlobRecord.Kind.SEALED) {
      seal(record, number, ordinal);
    } else if (ordinal == BlobTable.NONE) {
      return; // about a blob that has been dropped, or whose record is damaged
    } else if (record.kind() == BlobRecord.Kind.DROPPED) {
      index.remove(ordinal);
    } else {
      table.setPinGeneration(ordinal, (int) record.place());
    }
  }

  private void seal(BlobRecord record, long number, int found) {
    int ordinal = found == BlobTable.NONE ? index.claim(record.hash()) : found;
    if (ordinal == BlobTable.NONE) {
      throw new OutOfSpace(
          "an index for "
              + index.blobsMax()
              + " blobs has no room for those that are there; make it larger");
    }
    table.fill(ordinal, record);
    table.setRecord(ordinal, number);
    index.publish(
        ordinal,
        record.hash(),
        isSpilled ? BlobLocation.spilled(record.length()) : record.location());
  }
}
