package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Voucher;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.memnode.reader.Held;
import io.kogluktualuk.memnode.reader.PutPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// How an application's content gets into the fabric.
///
/// **Threading:** any thread.
record Puts(Session session, TimeLimit limit) {

  Ref file(Path file, PutOptions options) {
    if (Files.isDirectory(file)) {
      throw new InvalidArgument(
          file + " is a directory, expected a file; trees().importDirectory stores it");
    }
    try (InputStream source = Files.newInputStream(file)) {
      return stream(source, options);
    } catch (IOException e) {
      throw DirectoryImport.unreadable(file, e);
    }
  }

  /// @throws IOException when the stream does
  Ref stream(InputStream source, PutOptions options) throws IOException {
    try (SourceReader reader = SourceReader.start(source)) {
      return put(options, store -> PipelinedPuts.through(store, puts -> copy(reader, puts)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Ref copy(SourceReader source, BlobStore target) {
    ContentWriter writer = new ContentWriter(target);
    try {
      for (int read = source.next(); read >= 0; read = source.next()) {
        writer.write(source.block(), 0, read);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return writer.finish();
  }

  Ref memory(MemorySegment bytes, PutOptions options) {
    return memory(bytes, options, _ -> {});
  }

  private Ref memory(MemorySegment bytes, PutOptions options, Consumer<MemorySegment> each) {
    return put(options, store -> SegmentPut.put(store, bytes.asReadOnly(), options.isEven(), each));
  }

  Vouched vouched(MemorySegment bytes, PutOptions options) {
    List<MemorySegment> chunks = new ArrayList<>();
    Ref ref = memory(bytes, options, chunks::add);
    boolean isBounded = !chunks.isEmpty() && chunks.size() <= Voucher.TAGS_MAX;
    return new Vouched(ref, isBounded ? session.blobs.vouch(chunks) : null);
  }

  private Ref put(PutOptions options, Function<BlobStore, Ref> write) {
    PutPolicy policy = options.policy(session.settings);
    Hold hold = options.hold();
    return limit.call(
        () ->
            hold == null ? write.apply(session.puts(policy, null)) : putHeld(hold, policy, write));
  }

  private Ref putHeld(Hold hold, PutPolicy policy, Function<BlobStore, Ref> write) {
    Held scope = hold.openScope();
    boolean isKept = false;
    try {
      Ref ref = write.apply(session.puts(policy, scope));
      isKept = hold.keep(ref, scope);
      if (!isKept) {
        throw new AlreadyClosed("the hold was closed while " + ref + " was put");
      }
      return ref;
    } finally {
      if (!isKept) {
        scope.close();
      }
    }
  }
}
