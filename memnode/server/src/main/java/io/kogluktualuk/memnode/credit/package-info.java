/// How many bytes may not be evicted, and who pays for them: space credits at a memory node.
///
/// Owns the books and who waits; takes and returns allotments by a function that is passed in. May
/// touch `memnode.api` and the words of `fabric.lease`.
@NullMarked
package io.kogluktualuk.memnode.credit;

import org.jspecify.annotations.NullMarked;
