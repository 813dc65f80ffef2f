package io.kogluktualuk.memnode.retention;

/// What a policy wants to know of the blobs that it chooses from, by their ordinals.
///
/// **Threading:** as [RetentionPolicy], which is the only one to call it.
public interface Candidates {

  /// As they count in the store.
  long bytes(int blob);

  /// To compute it again, in microseconds.
  long costMicros(int blob);

  /// How often it has been used lately, 0 to 255.
  int uses(int blob);

  void setUses(int blob, int uses);

  /// The same for the same content, also when it comes back with another ordinal; not 0.
  int fingerprint(int blob);
}
