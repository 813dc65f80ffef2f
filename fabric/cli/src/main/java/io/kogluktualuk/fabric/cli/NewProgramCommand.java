package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.computenode.programs.NewProgram;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog new-program`.
///
/// **Threading:** one thread.
@Command(
    name = "new-program",
    description = {
      "Write a folder with a program in C to begin with.",
      "Its README says how to build it and how to run it."
    },
    footer = {"", "Example:", "  kog new-program count-words"})
final class NewProgramCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(
      paramLabel = "NAME",
      description = "What it is called, and the folder: a-z, 0-9, '-'; begins with a letter.")
  private String name = "";

  NewProgramCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    if (!NewProgram.NAME.matcher(name).matches()) {
      throw new InvalidArgument(
          "a program's name is 1 to 63 of a-z, 0-9, '-', the first a letter; found '" + name + "'");
    }
    Path folder = options.terminal().folder().resolve(name);
    write(folder, new NewProgram(name).files());
    options.print(
        name + " made; " + Path.of(name, "README.md") + " says how to build and run it",
        new Json().with("name", name).with("folder", folder.toString()));
    return ExitCode.OK.code();
  }

  private static void write(Path folder, Map<String, String> files) {
    try {
      Files.createDirectory(folder);
      for (Map.Entry<String, String> file : files.entrySet()) {
        Files.writeString(folder.resolve(file.getKey()), file.getValue());
      }
    } catch (FileAlreadyExistsException e) {
      throw new InvalidArgument("there is something at " + folder + " already", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder, e);
    }
  }
}
