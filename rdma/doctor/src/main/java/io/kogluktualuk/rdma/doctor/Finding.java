package io.kogluktualuk.rdma.doctor;

import org.jspecify.annotations.Nullable;

/// One thing that was looked at.
///
/// @param area what it belongs to, such as `port` or `memlock`; one word or two
/// @param level whether anything is to be done
/// @param found what there is
/// @param expected what there should be; empty when what was found says it
/// @param action what to do, if possible a command to copy; null when there is nothing to do
public record Finding(
    String area, Level level, String found, String expected, @Nullable String action) {

  /// How bad it is.
  public enum Level {
    /// As it should be.
    OK,
    /// Works, but costs something, or would matter on another set-up.
    NOTE,
    /// Something that was asked for, or that is needed, will not work.
    PROBLEM
  }

  static Finding ok(String area, String found) {
    return new Finding(area, Level.OK, found, "", null);
  }

  static Finding ok(String area, String found, String expected) {
    return new Finding(area, Level.OK, found, expected, null);
  }

  static Finding note(String area, String found, String expected, @Nullable String action) {
    return new Finding(area, Level.NOTE, found, expected, action);
  }

  static Finding problem(String area, String found, String expected, @Nullable String action) {
    return new Finding(area, Level.PROBLEM, found, expected, action);
  }

  /// A problem when it matters now, else a note.
  static Finding lacking(
      boolean matters, String area, String found, String expected, @Nullable String action) {
    return matters ? problem(area, found, expected, action) : note(area, found, expected, action);
  }
}
