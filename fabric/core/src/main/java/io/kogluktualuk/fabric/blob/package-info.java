/// The immutable values of the fabric: blobs, lists and trees, and how content becomes them.
/// Stores are behind [io.kogluktualuk.fabric.blob.BlobStore].
@NullMarked
package io.kogluktualuk.fabric.blob;

import org.jspecify.annotations.NullMarked;
