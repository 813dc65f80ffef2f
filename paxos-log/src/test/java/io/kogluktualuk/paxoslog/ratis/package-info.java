/// The contract on Ratis, and what only a log on disk can get wrong.
@NullMarked
package io.kogluktualuk.paxoslog.ratis;

import org.jspecify.annotations.NullMarked;
