package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything that some values reach, and by which of them it was reached first.
///
/// **Threading:** one thread. **Memory:** about 100 bytes for each blob that is reached.
public final class Mark {

  private final Map<Hash, String> reached = new LinkedHashMap<>();
  private final List<String> unreadable = new ArrayList<>();

  /// Goes through a value.
  ///
  /// @param name what to call it
  /// @param store where its lists and trees are read
  public void visit(String name, Ref value, BlobStore store) {
    Reach.visit(
        store,
        List.of(value),
        new Reach.Visitor() {
          @Override
          public boolean reached(Hash hash) {
            return reached.putIfAbsent(hash, name) == null;
          }

          @Override
          public void unreadable(Ref ref, FabricException reason) {
            unreadable.add(name + " reaches " + ref + ": " + reason.getMessage());
          }
        });
  }

  /// Takes one blob, and not what it reaches.
  ///
  /// @param name what to call that which reaches it
  public void add(String name, Hash hash) {
    reached.putIfAbsent(hash, name);
  }

  /// All of it, in the order of the visit.
  public List<Hash> hashes() {
    return List.copyOf(reached.keySet());
  }

  public int size() {
    return reached.size();
  }

  /// The name of the first value that reached a blob; null when none did.
  public @Nullable String by(Hash hash) {
    return reached.get(hash);
  }

  /// Lists and trees that could not be read, so that nobody knows what they reach.
  public List<String> unreadable() {
    return unreadable;
  }
}
