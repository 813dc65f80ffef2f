package io.kogluktualuk.fabric.client;

/// Hears how far the import of a directory is.
///
/// **Threading:** called by the thread that imports.
public interface ImportListener {

  /// One that does not care.
  ImportListener NONE = (_, _, _) -> {};

  /// A file or a directory has been read.
  ///
  /// @param bytes of all files so far
  void progressed(long files, long directories, long bytes);
}
