/// What operators do with a fabric; begins with [io.kogluktualuk.fabric.client.operator.Operator].
///
/// The commands of `kog` are made of it. Nothing here is for applications, and nothing that they
/// should rely on: it follows the servers, and has their types in its signatures. May touch what
/// the client's package may; never a server's type.
@NullMarked
package io.kogluktualuk.fabric.client.operator;

import org.jspecify.annotations.NullMarked;
