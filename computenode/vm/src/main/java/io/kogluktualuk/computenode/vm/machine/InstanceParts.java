package io.kogluktualuk.computenode.vm.machine;

import org.jspecify.annotations.Nullable;

/// What an instance is made of beside its code.
///
/// @param memory its memory; of no size when the module has none
/// @param tables its tables
/// @param fuel where its fuel comes from
/// @param host its imports from the host
/// @param linked its imports from other instances, at their index; null for the host's, and none
///     at all when all are
/// @param globals its imported globals
/// @param code its functions
/// @param functionTypes the number of each function's type, as in [FunctionRef#type]
/// @param results the most places that results of one function take, if they take more than one
/// @param data the bytes of passive segments, empty arrays for those that are used up; shared by
///     all instances of a module, so never changed
/// @param elements functions of passive segments, as indices; empty for those that are used up;
///     shared as well
public record InstanceParts(
    LinearMemory memory,
    Table[] tables,
    FuelSource fuel,
    HostCalls host,
    @Nullable FunctionRef[] linked,
    SharedGlobal[] globals,
    InstanceCode code,
    int[] functionTypes,
    int results,
    byte[][] data,
    int[][] elements) {}
