package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Ref;
import org.jspecify.annotations.Nullable;

/// What a change of a root's namespace has done.
///
/// @param revision of the root, as it was when there was nothing to change
/// @param before what it named; null when there was no such root
/// @param after what it names
public record RootEdit(long revision, @Nullable Ref before, Ref after) {}
