package io.kogluktualuk.memnode.repair;

/// What the repair of one store has done, and what is left.
///
/// @param sweeps how often everything was looked at
/// @param looked blobs that were compared with other nodes' indexes
/// @param copied blobs that were copied to where they belong
/// @param copiedBytes their bytes
/// @param failed copies that did not succeed; they are tried again
/// @param restored damaged blobs that were fetched from another node
/// @param surplus copies that were given up
/// @param underReplicated copies that were missing when everything was looked at last, and
///     which this
///     node is responsible for
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
