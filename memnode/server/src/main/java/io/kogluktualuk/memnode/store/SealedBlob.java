package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;

/// A blob whose bytes were verified, and where they lie.
record SealedBlob(Hash hash, BlobLocation location) {}
