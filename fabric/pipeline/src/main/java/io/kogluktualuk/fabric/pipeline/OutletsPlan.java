package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where outputs are to go.
///
/// @param branches their wires, by name, in order
/// @param key chooses one branch by what it says of an envelope; null when all get a copy
/// @param carryMax bytes up to which content travels in its envelope
record OutletsPlan(
    Map<String, Wire> branches,
    @Nullable Function<Envelope, String> key,
    int carryMax,
    LinkSettings links) {

  static final OutletsPlan NONE =
      new OutletsPlan(Map.of(), null, StageSettings.DEFAULT.carryMax(), LinkSettings.DEFAULT);

  OutletsPlan {
    branches = new LinkedHashMap<>(branches);
  }

  OutletsPlan with(String name, Wire wire) {
    Map<String, Wire> more = new LinkedHashMap<>(branches);
    if (more.put(Origin.requireName(name), wire) != null) {
      throw new InvalidArgument("two branches are called '" + name + "'");
    }
    return new OutletsPlan(more, key, carryMax, links);
  }

  OutletsPlan choosing(Function<Envelope, String> by) {
    return new OutletsPlan(branches, by, carryMax, links);
  }

  OutletsPlan carrying(int bytes) {
    return new OutletsPlan(branches, key, bytes, links);
  }

  OutletsPlan patient(LinkSettings how) {
    return new OutletsPlan(branches, key, carryMax, how);
  }
}
