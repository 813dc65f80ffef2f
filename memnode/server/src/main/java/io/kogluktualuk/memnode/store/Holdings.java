package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.Corruption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The mark that says how many region files a folder has, so that a folder that has lost some, but
/// not its identity, is not taken for one that never had more: the cluster believes that this node
/// has their blobs.
///
/// One line of fixed length, `regions N`, overwritten in place and synced before blobs come to the
/// region that it counts.
///
/// **Threading:** one thread at a time.
final class Holdings {

  static final String NAME = "holdings";

  private static final int MARK_BYTES = 64;
  private static final Pattern MARK = Pattern.compile("regions (\\d{1,5}) *");

  private Holdings() {}

  /// How many region files there should be; 0 when nothing says so.
  ///
  /// @throws Corruption when the mark is something else
  static int read(Disk disk) throws IOException {
    if (!disk.exists(NAME)) {
      return 0;
    }
    byte[] bytes = new byte[MARK_BYTES];
    try (Disk.OpenFile file = disk.open(NAME)) {
      int length = file.read(bytes, 0);
      String text = new String(bytes, 0, length, StandardCharsets.US_ASCII);
      Matcher mark = MARK.matcher(text);
      if (text.trim().isEmpty()) {
        return 0; // the machine stopped when it was made, maybe before its zeros were replaced
      }
      if (!mark.matches()) {
        throw new Corruption(disk.path(NAME) + ": expected 'regions N', found '" + text + "'");
      }
      return Integer.parseInt(mark.group(1));
    }
  }

  static void write(Disk disk, int regions) throws IOException {
    byte[] mark =
        ("regions " + regions + " ".repeat(MARK_BYTES)).getBytes(StandardCharsets.US_ASCII);
    try (Disk.OpenFile file = disk.open(NAME)) {
      file.write(mark, MARK_BYTES, 0);
      file.force();
    }
  }

  /// @throws Corruption when there are fewer region files than there should be, or there is no log
  static void check(Disk disk, String logName) throws IOException {
    int regions = read(disk);
    for (int number = 0; number < regions; number++) {
      if (!disk.exists(Regions.name(number))) {
        throw missing(disk, Regions.name(number), regions);
      }
    }
    if (regions > 0 && !disk.exists(logName)) {
      throw missing(disk, logName, regions);
    }
  }

  private static Corruption missing(Disk disk, String name, int regions) {
    return new Corruption(
        "folder "
            + disk.path("")
            + " is that of a node with "
            + regions
            + " region files, but "
            + name
            + " is missing. To go on without the blobs in it: kog fsck --repair "
            + disk.path("")
            + "; to begin as a new node: an empty folder");
  }
}
