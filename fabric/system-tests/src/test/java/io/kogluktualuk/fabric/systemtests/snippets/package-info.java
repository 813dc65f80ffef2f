/// The examples of PIPELINES.md, as they stand there: compiled with the tests, run by
/// `PipelineSnippetsTest`.
@NullMarked
package io.kogluktualuk.fabric.systemtests.snippets;

import org.jspecify.annotations.NullMarked;
