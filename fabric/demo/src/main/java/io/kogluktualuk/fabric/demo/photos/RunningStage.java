package io.kogluktualuk.fabric.demo.photos;

/// A stage that runs in this process.
///
/// **Threading:** any thread. **Ownership:** closing it ends it; what is not done stays undone.
interface RunningStage extends AutoCloseable {

  /// Says that all stages are there: the camera may take photos.
  void begin();

  StageProgress progress();

  @Override
  void close();
}
