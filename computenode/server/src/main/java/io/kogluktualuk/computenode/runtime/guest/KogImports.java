package io.kogluktualuk.computenode.runtime.guest;

import static io.kogluktualuk.computenode.runtime.guest.HostCalls.kog;

import io.kogluktualuk.computenode.runtime.namespace.Directory;
import io.kogluktualuk.computenode.runtime.namespace.Entry;
import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.runtime.namespace.GuestFiles.WriteMode;
import io.kogluktualuk.computenode.runtime.namespace.WrittenFile;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.GuestTrap;
import io.kogluktualuk.computenode.vm.run.HostFunction;
import io.kogluktualuk.computenode.vm.run.HostImports;
import io.kogluktualuk.computenode.vm.run.TrapKind;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.Thunk;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The functions of `kog.h`.
///
/// **Threading:** stateless.
final class KogImports {

  private static final String MODULE = "kog";

  /// A load in place costs little more than one from memory.
  private static final long LOAD_FUEL = 16;

  /// The longest list of strings a call may pass.
  private static final int STRINGS_BYTES_MAX = 1 << 20;

  private KogImports() {}

  static void addTo(HostImports.Builder<GuestProcess> imports) {
    imports
        .function(MODULE, "bind", "iiiiiii>i", kog(KogImports::bind))
        .function(MODULE, "slice", "iiiiII>i", kog(KogImports::slice))
        .function(MODULE, "append", "iiii>i", kog(KogImports::append))
        .function(MODULE, "output", "ii>i", kog(KogImports::output))
        .function(MODULE, "open", "ii>i", kog(KogImports::open))
        .function(MODULE, "size", "i>I", kog((p, _, a) -> content(p, a[0]).length()))
        .function(MODULE, "read", "iIii>I", kog(KogImports::read))
        .function(MODULE, "load8", "iI>i", load((view, at) -> view.load8(at)))
        .function(MODULE, "load32", "iI>i", load((view, at) -> view.load32(at)))
        .function(MODULE, "load64", "iI>I", load(View::load64))
        .function(MODULE, "find", "iIIi>I", kog(KogImports::find))
        .function(MODULE, "chunk_end", "iI>I", kog(KogImports::chunkEnd))
        .function(MODULE, "close", "i>i", kog(KogImports::close))
        .function(MODULE, "fuel", ">I", kog((p, guest, _) -> p.fuelLimit() - guest.fuelUsed()));
  }

  private interface Load {
    long from(View view, long offset);
  }

  private static HostFunction<GuestProcess> load(Load load) {
    return (process, guest, a) -> {
      guest.chargeFuel(LOAD_FUEL);
      View view;
      try {
        view = process.views().get((int) a[0]);
      } catch (FileError _) {
        throw new GuestTrap(TrapKind.OUT_OF_BOUNDS, "view " + (int) a[0] + " is not open");
      }
      return load.from(view, a[1]);
    };
  }

  private static NamePath path(GuestProcess process, Guest guest, long address, long length) {
    process.requireTraceSpace();
    return process.path(guest, (int) address, (int) length);
  }

  private static long bind(GuestProcess process, Guest guest, long[] a) {
    NamePath path = path(process, guest, a[0], a[1]);
    List<String> argv = strings(stringsText(process, guest, a[2], a[3]));
    List<Thunk.Input> inputs =
        (int) a[6] == 0 ? null : inputs(process, stringsText(process, guest, a[4], a[5]));
    Thunk thunk = thunk(argv, inputs);
    process.countBind();
    long before = process.files().encodedBytes();
    process.files().bind(path, thunk);
    long made = process.files().encodedBytes() - before;
    process.chargeOutput(made);
    guest.chargeFuel(made >>> 4);
    return 0;
  }

  private static List<Thunk.Input> inputs(GuestProcess process, String text) {
    BoundInputs latest = process.latestInputs();
    if (latest == null || !latest.text().equals(text)) {
      latest = new BoundInputs(text, parsed(strings(text)));
      process.setLatestInputs(latest);
    }
    return latest.inputs();
  }

  private static List<Thunk.Input> parsed(List<String> texts) {
    List<Thunk.Input> inputs = new ArrayList<>(texts.size());
    try {
      for (String text : texts) {
        inputs.add(Thunk.Input.parse(text));
      }
      return List.copyOf(inputs);
    } catch (InvalidArgument _) {
      throw new FileError(Errno.INVAL);
    }
  }

  /// The thunk that the arguments make, if they make one.
  private static Thunk thunk(List<String> argv, @Nullable List<Thunk.Input> inputs) {
    try {
      NamePath.ROOT.resolve(argv.isEmpty() ? "" : argv.getFirst());
      return new Thunk(argv, inputs);
    } catch (InvalidArgument | IllegalArgumentException _) {
      throw new FileError(Errno.INVAL);
    }
  }

  /// Strings one after another, each ended by a NUL.
  private static String stringsText(GuestProcess process, Guest guest, long address, long length) {
    if ((int) length < 0 || (int) length > STRINGS_BYTES_MAX) {
      throw new FileError(Errno.INVAL);
    }
    return process.text(guest, (int) address, (int) length);
  }

  private static List<String> strings(String all) {
    List<String> strings = new ArrayList<>();
    int start = 0;
    for (int end = all.indexOf(0); end >= 0; end = all.indexOf(0, start)) {
      strings.add(all.substring(start, end));
      start = end + 1;
    }
    if (start != all.length()) {
      throw new FileError(Errno.INVAL);
    }
    return strings;
  }

  private static long slice(GuestProcess process, Guest guest, long[] a) {
    NamePath path = path(process, guest, a[0], a[1]);
    Content source = content(process, path(process, guest, a[2], a[3]));
    long offset = a[4];
    long length = a[5];
    if (offset < 0 || length < 0 || length > source.length() - offset) {
      throw new FileError(Errno.INVAL);
    }
    guest.chargeFuel(length >>> 4);
    process.files().bind(path, source.slice(offset, length));
    return 0;
  }

  private static long append(GuestProcess process, Guest guest, long[] a) {
    NamePath path = path(process, guest, a[0], a[1]);
    Content source = content(process, path(process, guest, a[2], a[3]));
    WrittenFile target = process.files().open(path, WriteMode.APPEND);
    for (int i = 0; i < source.chunkCount(); i++) {
      try (LentBlob chunk = source.lendChunk(i)) {
        long length = chunk.bytes().byteSize();
        process.chargeOutput(length);
        guest.chargeFuel(length >>> 4);
        target.append(source.chunkHash(i), chunk);
      }
    }
    return 0;
  }

  private static long output(GuestProcess process, Guest guest, long[] a) {
    NamePath path = path(process, guest, a[0], a[1]);
    process.files().requireThere(path);
    process.setOutput(path);
    return 0;
  }

  private static long open(GuestProcess process, Guest guest, long[] a) {
    Content content = content(process, path(process, guest, a[0], a[1]));
    return process.views().add(new View(new Readable.Stored(content)));
  }

  /// The content at a path as it is now; a file that is written on later is not seen to change.
  private static Content content(GuestProcess process, NamePath path) {
    Entry entry = process.tree().find(path);
    Ref ref =
        switch (entry) {
          case Entry.Fixed fixed -> file(process, fixed);
          case WrittenFile file -> file.finish();
          case Directory _ -> throw new FileError(Errno.ISDIR);
          case Entry.Delayed _ -> throw new IllegalStateException("a found entry is not a thunk");
        };
    return Content.open(process.tree().blobs(), ref);
  }

  private static Ref file(GuestProcess process, Entry.Fixed fixed) {
    if (fixed.isDirectory()) {
      throw new FileError(Errno.ISDIR);
    }
    return process.tree().content(fixed);
  }

  private static Readable content(GuestProcess process, long view) {
    return process.views().get((int) view).content();
  }

  private static long read(GuestProcess process, Guest guest, long[] a) {
    Readable content = content(process, a[0]);
    int length = (int) a[3];
    process.requireInside(guest, (int) a[2], Integer.toUnsignedLong(length));
    if (a[1] < 0) {
      throw new FileError(Errno.INVAL);
    }
    int read = content.read(a[1], guest.memory().view((int) a[2], length));
    process.countCopied(read);
    guest.chargeFuel(read >>> 4);
    return read;
  }

  private static long find(GuestProcess process, Guest guest, long[] a) {
    View view = process.views().get((int) a[0]);
    long offset = a[1];
    long end = a[2];
    if (offset < 0 || end < offset || end > view.content().length()) {
      throw new FileError(Errno.INVAL);
    }
    long found = view.find(offset, end, (int) a[3] & 0xFF);
    guest.chargeFuel((found - offset) >>> 4);
    return found;
  }

  private static long chunkEnd(GuestProcess process, Guest guest, long[] a) {
    Readable content = content(process, a[0]);
    if (a[1] < 0 || a[1] >= content.length()) {
      throw new FileError(Errno.INVAL);
    }
    return content.chunkEnd(a[1]);
  }

  private static long close(GuestProcess process, Guest guest, long[] a) {
    process.views().close((int) a[0]).close();
    return 0;
  }
}
