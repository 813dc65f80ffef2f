package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What operators ask a stage to do with what it has set aside: an empty file for each request,
/// in a folder beside the journal. Only the stage itself writes its journal.
///
/// ```
/// STAGE.requests/ID.retry    ID.forget      ID: 64 hexadecimal digits
/// ```
///
/// A request that is there was not taken yet: the stage removes it first, then carries it out.
///
/// **Threading:** any thread. **Bound:** [#TAKEN_MAX] requests at a time; names of another form
/// are passed over.
final class SetAsideRequests {

  private static final Logger LOG = LoggerFactory.getLogger(SetAsideRequests.class);
  private static final int TAKEN_MAX = 64;

  /// What is asked for.
  enum Kind {
    RETRY("retry"),
    FORGET("forget");

    private final String word;

    Kind(String word) {
      this.word = word;
    }
  }

  /// One request.
  record Request(Kind kind, Hash id) {

    private String fileName() {
      return id.toHex() + "." + kind.word;
    }

    static @Nullable Request parse(String fileName) {
      for (Kind kind : Kind.values()) {
        if (fileName.endsWith("." + kind.word)) {
          try {
            return new Request(kind, Hash.parse(fileName.substring(0, fileName.indexOf('.'))));
          } catch (MalformedEncoding e) {
            return null;
          }
        }
      }
      return null;
    }
  }

  private final Path folder;

  SetAsideRequests(Path folder, String stage) {
    this.folder = folder.resolve(stage + ".requests");
  }

  /// Writes a request down; one that is there stays.
  void add(Request request) {
    try {
      Files.createDirectories(folder);
      Files.createFile(folder.resolve(request.fileName()));
    } catch (FileAlreadyExistsException e) {
      LOG.debug("{} is asked for already", request);
    } catch (IOException e) {
      throw new Unavailable("a request cannot be written to " + folder + ": " + e, e);
    }
  }

  boolean isThere(Request request) {
    return Files.exists(folder.resolve(request.fileName()));
  }

  /// Takes a request back, or away.
  ///
  /// @return whether it was there
  boolean remove(Request request) {
    try {
      return Files.deleteIfExists(folder.resolve(request.fileName()));
    } catch (IOException e) {
      throw new Unavailable("a request cannot be removed from " + folder + ": " + e, e);
    }
  }

  /// Some of what is asked for; nothing when there is no folder.
  List<Request> all() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Request> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Request request = Request.parse(String.valueOf(file.getFileName()));
        if (request != null && all.size() < TAKEN_MAX) {
          all.add(request);
        }
      }
      return all;
    } catch (IOException e) {
      throw new Unavailable("requests in " + folder + " cannot be read: " + e, e);
    }
  }

  /// Takes what is asked for, as far as it can be.
  List<Request> take() {
    try {
      return all().stream().filter(this::remove).toList();
    } catch (FabricException e) {
      LOG.warn("{}", e.getMessage());
      return List.of();
    }
  }
}
