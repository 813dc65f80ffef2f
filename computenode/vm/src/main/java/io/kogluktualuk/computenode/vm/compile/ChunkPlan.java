package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which statements of a large function become methods of their own.
///
/// The JVM takes no method of more than 64 KiB, and HotSpot compiles none of more than 8,000
/// bytes. So a function whose code is longer is cut: beginning with the outermost construct, all
/// but the largest statement go to chunks, then the same is done within the largest one. What
/// remains is the spine of the function, as the `switch` in the loop of an interpreter; the loops
/// and cases are in chunks, each compiled as a whole.
///
/// **Threading:** immutable once made.
final class ChunkPlan {

  /// Estimated bytes of one method: some become half as many more. A function that is not cut may
  /// have half as many more, since sharing variables costs an array for each call.
  static final int BYTES_MAX = 4_000;

  /// What a call of a chunk takes, about, at [#BYTES_MAX].
  private static final int CALLS_PER_METHOD = 30;

  private static final ChunkPlan NONE = new ChunkPlan(BYTES_MAX);

  private final int bytesMax;
  private final int call;
  private final List<Chunk> chunks = new ArrayList<>();
  private final Map<Integer, List<Chunk>> byStart = new HashMap<>();

  /// The positions in [#byStart]: every instruction asks.
  private final BitSet starts = new BitSet();

  private int base;

  private ChunkPlan(int bytesMax) {
    this.bytesMax = bytesMax;
    this.call = bytesMax / CALLS_PER_METHOD;
  }

  static ChunkPlan of(DecodedModule module, WasmCursor code, int bytesMax) {
    if (estimate(code.copy()) <= bytesMax + bytesMax / 2) {
      return NONE;
    }
    ChunkPlan plan = new ChunkPlan(bytesMax);
    plan.base = code.position();
    plan.divide(new RegionReader(module, code).read(), code);
    plan.byStart.values().forEach(all -> all.sort(Comparator.comparing(Chunk::length).reversed()));
    return plan;
  }

  private static int estimate(WasmCursor cursor) {
    int size = 0;
    while (!cursor.atEnd()) {
      size += CodeSize.pass(cursor, cursor.readByte());
    }
    return size;
  }

  /// Twice: from the outside, large statements beside the spine; then from the inside, whatever
  /// is still too large together.
  private void divide(Region function, WasmCursor code) {
    List<Region> all = allIn(function);
    Set<Region> spine = new HashSet<>(Set.of(function));
    for (Region region : all) {
      if (spine.contains(region)) {
        divideBesideSpine(region, code, spine);
      }
    }
    for (Region region : all.reversed()) {
      divideRest(region, code);
      region.settle();
    }
    chunks.sort(Comparator.comparing(Chunk::length).reversed());
  }

  /// All regions, each before those in it.
  private static List<Region> allIn(Region function) {
    List<Region> all = new ArrayList<>(List.of(function));
    for (int i = 0; i < all.size(); i++) {
      for (Statement statement : all.get(i).statements) {
        all.addAll(statement.inner);
      }
    }
    return all;
  }

  private void divideBesideSpine(Region region, WasmCursor code, Set<Region> spine) {
    List<Statement> group = new ArrayList<>();
    int size = 0;
    for (Statement each : region.statements) {
      boolean large = each.size > bytesMax;
      if (large || !each.neutral || size + each.size > bytesMax) {
        addChunk(region, group, size, code);
        group = new ArrayList<>();
        size = 0;
      }
      if (large) {
        each.inner.stream().filter(inner -> inner.size() > call).forEach(spine::add);
      } else if (each.neutral) {
        group.add(each);
        size += each.size;
      }
    }
    addChunk(region, group, size, code);
  }

  private void divideRest(Region region, WasmCursor code) {
    List<Statement> group = new ArrayList<>();
    int size = 0;
    for (Statement each : region.statements) {
      int rest = each.rest();
      if (!each.neutral || size + rest > bytesMax) {
        addChunk(region, group, size, code);
        group = new ArrayList<>();
        size = 0;
      }
      if (each.neutral) {
        group.add(each);
        size += rest;
      }
    }
  }

  private void addChunk(Region region, List<Statement> group, int size, WasmCursor code) {
    if (size <= call || (group.size() == 1 && group.getFirst().isMoved())) {
      return;
    }
    int start = group.getFirst().start;
    Statement last = group.getLast();
    Chunk chunk =
        ChunkScan.scan(chunks.size(), code.from(start), last.end, last.open, region.depth);
    chunks.add(chunk);
    byStart.computeIfAbsent(start, _ -> new ArrayList<>()).add(chunk);
    starts.set(start - base);
    group.forEach(each -> each.move(0));
    group.getFirst().move(call);
  }

  List<Chunk> chunks() {
    return chunks;
  }

  /// The chunk that begins here, within the one that is being compiled.
  @Nullable Chunk at(int position, @Nullable Chunk current) {
    if (!starts.get(position - base)) {
      return null;
    }
    for (Chunk chunk : byStart.getOrDefault(position, List.of())) {
      if (current == null || (chunk != current && chunk.end() <= current.end())) {
        return chunk;
      }
    }
    return null;
  }
}
