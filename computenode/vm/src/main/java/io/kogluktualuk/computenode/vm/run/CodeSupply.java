package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.gate.CodeGate;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.computenode.vm.module.ModuleValidator;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Gets modules ready to run in the cheapest way: from this disk, from others, else by compiling.
///
/// What others have compiled passes the [CodeGate] and the JVM's verifier before it is used, and
/// lies on disk apart from what this machine has compiled itself, so that a machine that is told
/// to share nothing uses nothing of it.
///
/// **Threading:** any thread; who asks twice at once gets two answers, see [ModuleCache].
final class CodeSupply {

  /// Shorter modules are compiled sooner than looked up elsewhere.
  static final int SHARED_BYTES_MIN = 4096;

  /// The compiler writes 1.5 to 5 bytes for each of a program that people have, and more for one
  /// of nothing but tiny functions.
  private static final int CODE_BYTES_PER_BYTE = 40;

  private static final int CODE_BYTES_MORE = 1 << 20;

  private final VmSettings settings;
  private final @Nullable DiskCache disk;
  private final @Nullable DiskCache diskOfOthers;
  private final LongAdder compiled = new LongAdder();
  private final LongAdder fromDisk = new LongAdder();
  private final LongAdder shared = new LongAdder();
  private final LongAdder refused = new LongAdder();

  CodeSupply(VmSettings settings) {
    this.settings = settings;
    Path folder = settings.diskCache();
    this.disk = folder == null ? null : new DiskCache(folder);
    this.diskOfOthers = folder == null ? null : new DiskCache(ofOthers(folder));
  }

  /// Where code that others have compiled lies.
  static Path ofOthers(Path folder) {
    return folder.resolveSibling(folder.getFileName() + "-shared");
  }

  CodeOrigins origins() {
    return new CodeOrigins(compiled.sum(), fromDisk.sum(), shared.sum(), refused.sum());
  }

  CompiledModule get(Hash hash, byte[] wasm, SharedCode others) {
    if (settings.engine() == Engine.REFERENCE) {
      return Modules.interpreted(hash, wasm, bytesMax());
    }
    CompiledModule known = ofDisk(hash, wasm);
    boolean isShared = others != SharedCode.NONE && wasm.length >= SHARED_BYTES_MIN;
    if (known == null && isShared) {
      known = ofOthers(hash, wasm, others);
    }
    return known != null ? known : compile(hash, wasm, isShared ? others : SharedCode.NONE);
  }

  private long bytesMax() {
    return settings.moduleBytesMax().bytes();
  }

  /// A module that is found was accepted before: its code is not looked at again.
  private @Nullable CompiledModule ofDisk(Hash hash, byte[] wasm) {
    CompiledClasses known = disk == null ? null : disk.find(hash).orElse(null);
    if (known == null) {
      return null;
    }
    DecodedModule decoded = ModuleDecoder.decode(wasm, bytesMax());
    CompiledModule module = Modules.loaded(hash, decoded, known.classes());
    fromDisk.increment();
    return module;
  }

  private CompiledModule compile(Hash hash, byte[] wasm, SharedCode others) {
    long start = System.nanoTime();
    DecodedModule decoded = ModuleDecoder.decode(wasm, bytesMax());
    SortedMap<String, byte[]> classes = Modules.compile(decoded).classes();
    long nanos = System.nanoTime() - start;
    compiled.increment();
    if (disk != null) {
      disk.store(hash, new CompiledClasses(classes));
    }
    others.offer(hash, nanos, () -> CodeContainer.encode(classes));
    return Modules.loaded(hash, decoded, classes);
  }

  // ---- of others ---------------------------------------------------------------------------

  private @Nullable CompiledModule ofOthers(Hash hash, byte[] wasm, SharedCode others) {
    // Refused here as it would be without others, if it is no valid module.
    DecodedModule decoded = ModuleDecoder.decode(wasm, bytesMax());
    CompiledClasses kept = diskOfOthers == null ? null : diskOfOthers.find(hash).orElse(null);
    byte[] found = null;
    if (kept == null) {
      found = others.find(hash, CODE_BYTES_MORE + (long) CODE_BYTES_PER_BYTE * wasm.length);
      if (found == null) {
        return null;
      }
      ModuleValidator.validate(decoded);
    }
    try {
      return found != null
          ? first(hash, decoded, found)
          : again(hash, decoded, Objects.requireNonNull(kept).classes());
    } catch (MalformedEncoding e) {
      refused.increment();
      others.refused(hash, e);
      return null;
    }
  }

  private CompiledModule first(Hash hash, DecodedModule decoded, byte[] found) {
    SortedMap<String, byte[]> classes = CodeContainer.decode(found);
    CodeGate.check(decoded, classes);
    CompiledModule module = Modules.verified(hash, decoded, classes);
    shared.increment();
    if (diskOfOthers != null) {
      diskOfOthers.store(hash, new CompiledClasses(classes));
    }
    return module;
  }

  /// With what was verified before.
  private CompiledModule again(
      Hash hash, DecodedModule decoded, SortedMap<String, byte[]> classes) {
    CodeGate.check(decoded, classes);
    CompiledModule module = Modules.loaded(hash, decoded, classes);
    fromDisk.increment();
    return module;
  }
}
