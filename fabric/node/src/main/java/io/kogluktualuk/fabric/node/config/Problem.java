package io.kogluktualuk.fabric.node.config;

/// One thing that is wrong with a configuration.
///
/// @param where file and line, `kog.conf:12`; the file alone for what is missing
/// @param key the full key, such as `memory.capacity`; empty for the file as a whole
/// @param expected what would have been right
/// @param found what is there
public record Problem(String where, String key, String expected, String found) {

  @Override
  public String toString() {
    String subject = key.isEmpty() ? where : where + ": " + key;
    return subject + ": expected " + expected + ", found " + found;
  }
}
