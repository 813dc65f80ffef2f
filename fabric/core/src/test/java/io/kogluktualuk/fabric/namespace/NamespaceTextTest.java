package io.kogluktualuk.fabric.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NamespaceTextTest {

  @Test
  void readsEveryKindOfBinding() {
    List<Binding> bindings =
        NamespaceText.parse(
            "ns",
            """
            # comment
            /data/july-trades  blob 3f1a0000   # content by hash

            /src/sort.c\tfile ./src/sort.c
            /lib  tree 9c2e9c2e9c2e
            /bin/sort  do /bin/cc /src/sort.c "two words" ""
            /out  do { /bin/sort /in=/data } /bin/sort /in
            /none do {} /bin/sort
            """);
    assertEquals(
        List.of(
            new Binding(path("/data/july-trades"), new Binding.Stored(Kind.BLOB, "3f1a0000"), 2),
            new Binding(path("/src/sort.c"), new Binding.Local(Path.of("./src/sort.c")), 4),
            new Binding(path("/lib"), new Binding.Stored(Kind.TREE, "9c2e9c2e9c2e"), 5),
            new Binding(
                path("/bin/sort"),
                new Binding.Do(List.of("/bin/cc", "/src/sort.c", "two words", ""), null),
                6),
            new Binding(
                path("/out"),
                new Binding.Do(
                    List.of("/bin/sort", "/in"),
                    List.of(Thunk.Input.parse("/bin/sort"), Thunk.Input.parse("/in=/data"))),
                7),
            new Binding(path("/none"), new Binding.Do(List.of("/bin/sort"), List.of()), 8)),
        bindings);
  }

  @Test
  void namesLineAndColumnOfAnError() {
    refuses(
        "/a blob 3f1a0000\n/b  blub 1",
        "ns:2:5: expected blob, list, tree, file or do, found 'blub'");
    refuses("a blob 3f1a0000", "ns:1:1: not an absolute path: 'a'; it must begin with '/'");
    refuses("/a", "ns:1:1: expected blob, list, tree, file or do after /a");
    refuses("/a blob", "ns:1:4: expected a hash after 'blob'");
    refuses("/a blob 3F1A0000", "ns:1:9: expected 8 to 64 hex digits, found '3F1A0000'");
    refuses("/a blob 3f1a0000 x", "ns:1:18: nothing may follow here, found 'x'");
    refuses("/a file \"x", "ns:1:9: the quoted word has no closing quote");
    refuses("/a file \"x\\q\"", "ns:1:11: after a backslash, expected \" \\ n or t");
    refuses("/a do", "ns:1:4: expected a program to run after this");
    refuses("/a do {/b /c", "ns:1:7: the list of inputs has no closing brace");
    refuses("/a do {/b} ", "ns:1:7: expected a program to run after this");
    refuses("/a do {b} /c", "ns:1:7: not an absolute path: 'b'; it must begin with '/'");
    refuses("/ blob 3f1a0000", "ns:1:1: the root cannot be bound");
    refuses("/a blob 3f1a0000\n/./a blob 3f1a0000", "ns:2:1: /a is already bound in line 1");
  }

  private static void refuses(String text, String message) {
    MalformedEncoding thrown =
        assertThrows(MalformedEncoding.class, () -> NamespaceText.parse("ns", text));
    assertEquals(message, thrown.getMessage());
  }

  private static NamePath path(String text) {
    return NamePath.parse(text);
  }
}
