package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Ref;
import org.jspecify.annotations.Nullable;

/// What a root has come to name.
///
/// @param name a path such as `releases/v1`
/// @param revision to be expected by who changes it next; 0 when there is no such root
/// @param ref null when there is no such root
public record RootNews(String name, long revision, @Nullable Ref ref) {}
