/// Configuration files of nodes: HOCON in, one checked record per role out.
///
/// The only place that knows the configuration library. What can be said is the list of keys in
/// [io.kogluktualuk.fabric.node.config.Schema]: reading, checking, the reference files and
/// `--print-config` all follow it.
@NullMarked
package io.kogluktualuk.fabric.node.config;

import org.jspecify.annotations.NullMarked;
