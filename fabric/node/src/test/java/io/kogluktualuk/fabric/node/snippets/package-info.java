/// The examples of `fabric/client`'s Javadoc and of CLIENT.md. They are compiled here, run by
/// `SnippetsTest`, and shown from here.
@NullMarked
package io.kogluktualuk.fabric.node.snippets;

import org.jspecify.annotations.NullMarked;
