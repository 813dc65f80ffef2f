package io.kogluktualuk.fabric.node.config;

import io.kogluktualuk.fabric.units.ByteCount;
import java.nio.file.Path;

/// Where a node's log lines go, and how they look.
///
/// @param format `text` or `json`
/// @param level the least important lines that are written: `debug`, `info`, `warn`, `error`
/// @param fileSize a longer file is put aside
/// @param files so many are kept
public record LogConfig(String format, String level, Path folder, ByteCount fileSize, int files) {

  static LogConfig of(Values values, Path nodeFolder, Path base) {
    Path given = values.find(Keys.LOG_FOLDER);
    return new LogConfig(
        values.get(Keys.LOG_FORMAT),
        values.get(Keys.LOG_LEVEL),
        given == null ? nodeFolder.resolve("log") : base.resolve(given),
        values.get(Keys.LOG_FILE_SIZE),
        values.get(Keys.LOG_FILES));
  }

  /// Whether lines are JSON objects.
  public boolean isJson() {
    return format.equals("json");
  }
}
