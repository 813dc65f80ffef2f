package io.kogluktualuk.fabric.demo.photos;

/// How a stage and its process are.
///
/// @param pid of its process
/// @param isAlive whether it runs
/// @param starts how often it was started
/// @param progress over all of its processes
/// @param inRate messages that came in a second, lately
/// @param outRate messages that went on in a second, lately
/// @param memory bytes that its process has for itself; 0 when the platform does not tell
public record StageStand(
    Step step,
    long pid,
    boolean isAlive,
    int starts,
    StageProgress progress,
    double inRate,
    double outRate,
    long memory) {}
