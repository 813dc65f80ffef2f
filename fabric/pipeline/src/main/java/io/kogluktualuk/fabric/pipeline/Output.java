package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.blob.Ref;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a stage, or a source, gives: a value and what is to be known of it.
///
/// **Threading:** immutable.
public final class Output {

  private final @Nullable Ref ref;
  private final @Nullable MemorySegment bytes;
  private final Metadata metadata;
  private final String branch;

  private Output(
      @Nullable Ref ref, @Nullable MemorySegment bytes, Metadata metadata, String branch) {
    this.ref = ref;
    this.bytes = bytes;
    this.metadata = metadata;
    this.branch = branch;
  }

  /// A value that is stored already. One that is not the stage's input is held for the output,
  /// which takes a control call.
  public static Output of(Ref ref, Metadata metadata) {
    return new Output(ref, null, metadata, "");
  }

  /// Bytes to be stored, or to be carried when they are few.
  public static Output of(MemorySegment bytes, Metadata metadata) {
    return new Output(null, bytes, metadata, "");
  }

  /// Bytes to be stored, or to be carried when they are few.
  public static Output of(byte[] bytes, Metadata metadata) {
    return of(MemorySegment.ofArray(bytes), metadata);
  }

  /// The same, for one branch only, whatever the stage's way of choosing.
  public Output to(String name) {
    return new Output(ref, bytes, metadata, name);
  }

  @Nullable Ref ref() {
    return ref;
  }

  @Nullable MemorySegment bytes() {
    return bytes;
  }

  Metadata metadata() {
    return metadata;
  }

  /// Empty for the stage's choice.
  String branch() {
    return branch;
  }
}
