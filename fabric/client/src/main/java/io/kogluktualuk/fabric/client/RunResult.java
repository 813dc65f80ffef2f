package io.kogluktualuk.fabric.client;

import io.kogluktualuk.computenode.api.RunReport;
import java.time.Duration;

/// What a run gave.
///
/// @param report the outcome, and what it took
/// @param node the compute node that was asked
/// @param elapsed from the request to the answer, as the client saw it
public record RunResult(RunReport report, String node, Duration elapsed) {}
