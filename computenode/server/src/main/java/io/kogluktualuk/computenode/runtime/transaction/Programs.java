package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.guest.GuestProcess;
import io.kogluktualuk.computenode.runtime.guest.HostCalls;
import io.kogluktualuk.computenode.runtime.guest.SocketDialect;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.run.CompiledModule;
import io.kogluktualuk.computenode.vm.run.HostImports;
import io.kogluktualuk.computenode.vm.run.Program;
import io.kogluktualuk.computenode.vm.run.SharedCode;
import io.kogluktualuk.computenode.vm.run.Vm;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Programs ready to run, by the content of their modules.
///
/// **Threading:** any thread. **Bound:** [#LINKED_MAX] linked programs; what the virtual machine
/// keeps of them has its own bound.
final class Programs {

  private static final int LINKED_MAX = 64;

  /// As in the virtual machine's settings: longer modules would not be compiled anyway.
  private static final long MODULE_BYTES_MAX = 64L << 20;

  private static final Signature ENTRY = Signature.parse(">");

  private final Vm vm;
  private final SharedCode others;
  private final Map<SocketDialect, HostImports<GuestProcess>> imports =
      new EnumMap<>(SocketDialect.class);
  private final Map<Hash, Program<GuestProcess>> linked = new LinkedHashMap<>(64, 0.75f, true);

  Programs(Vm vm, SharedCode others) {
    this.vm = vm;
    this.others = others;
    for (SocketDialect dialect : SocketDialect.values()) {
      imports.put(dialect, HostCalls.imports(dialect));
    }
  }

  /// What is wrong with a program, in words that are the same on every host.
  static final class NotAProgram extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotAProgram(String reason) {
      super(reason, null, false, false);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  /// @throws NotAProgram when the content is not a module that can run here
  Program<GuestProcess> get(BlobStore blobs, Ref ref) {
    synchronized (this) {
      Program<GuestProcess> known = linked.get(ref.hash());
      if (known != null) {
        return known;
      }
    }
    byte[] wasm = read(blobs, ref);
    Program<GuestProcess> program = link(contentHash(ref, wasm), wasm);
    add(ref.hash(), program);
    return program;
  }

  private synchronized void add(Hash hash, Program<GuestProcess> program) {
    linked.put(hash, program);
    if (linked.size() > LINKED_MAX) {
      Iterator<Hash> eldest = linked.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  private static byte[] read(BlobStore blobs, Ref ref) {
    if (ref.length() > MODULE_BYTES_MAX) {
      throw new NotAProgram(
          "a module has at most " + MODULE_BYTES_MAX + " bytes, found " + ref.length());
    }
    byte[] wasm = new byte[(int) ref.length()];
    Content.open(blobs, ref).read(0, MemorySegment.ofArray(wasm));
    return wasm;
  }

  /// Of a plain blob it is known, and was verified when the blob was read.
  private static Hash contentHash(Ref ref, byte[] wasm) {
    return ref.kind() == Kind.BLOB ? ref.hash() : Hash.of(wasm);
  }

  private Program<GuestProcess> link(Hash hash, byte[] wasm) {
    try {
      CompiledModule module = vm.compile(hash, wasm, others);
      @Nullable Signature entry = module.shape().exports().get("_start");
      if (!ENTRY.equals(entry)) {
        throw new NotAProgram("it exports no function _start without parameters and results");
      }
      SocketDialect dialect = SocketDialect.of(module.shape().imports());
      return module.link(Objects.requireNonNull(imports.get(dialect)));
    } catch (MalformedEncoding | InvalidArgument e) {
      throw new NotAProgram(String.valueOf(e.getMessage()));
    }
  }
}
