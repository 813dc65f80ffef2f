package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// What the repair of a node has done, and what is left.
///
/// @param sweeps how often everything was looked at
/// @param looked blobs that were compared with other nodes' indexes
/// @param copied blobs that were copied to where they belong
/// @param copiedBytes their bytes
/// @param failed copies that did not succeed; they are tried again
/// @param restored damaged blobs that were fetched from another node
/// @param surplus copies that were given up
/// @param underReplicated copies that were missing when everything was looked at last, and
///     which this node is responsible for
/// @param drainLeftBytes what this node has to hand over before it can leave; 0 when it is not
///     draining or has handed over all
/// @param isDrained whether it can leave without loss
public record RepairStatus(
    long sweeps,
    long looked,
    long copied,
    long copiedBytes,
    long failed,
    long restored,
    long surplus,
    long underReplicated,
    long drainLeftBytes,
    boolean isDrained) {

  /// Of a node that repairs nothing.
  public static final RepairStatus NOTHING = new RepairStatus(0, 0, 0, 0, 0, 0, 0, 0, 0, false);

  static RepairStatus read(CanonicalReader reader) {
    return new RepairStatus(
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.varint(),
        reader.bool());
  }

  void write(CanonicalWriter writer) {
    writer.varint(sweeps).varint(looked).varint(copied).varint(copiedBytes).varint(failed);
    writer.varint(restored).varint(surplus).varint(underReplicated).varint(drainLeftBytes);
    writer.bool(isDrained);
  }

  /// Of two stores of one node together.
  public RepairStatus plus(RepairStatus other) {
    return new RepairStatus(
        sweeps + other.sweeps,
        looked + other.looked,
        copied + other.copied,
        copiedBytes + other.copiedBytes,
        failed + other.failed,
        restored + other.restored,
        surplus + other.surplus,
        underReplicated + other.underReplicated,
        drainLeftBytes + other.drainLeftBytes,
        isDrained && other.isDrained);
  }

  /// One line, for people.
  public String line() {
    String text =
        "repair: "
            + copied
            + " blobs copied, "
            + restored
            + " restored, "
            + underReplicated
            + " copies missing";
    if (isDrained) {
      return text + ", drained";
    }
    return drainLeftBytes > 0 ? text + ", " + drainLeftBytes + " bytes to hand over" : text;
  }
}
