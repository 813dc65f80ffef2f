/// What tests of every room share: seeded randomness, a store in memory, contracts that every
/// implementation of an interface must pass, processes to kill. Used in test scope only.
@NullMarked
package io.kogluktualuk.fabric.testkit;

import org.jspecify.annotations.NullMarked;
