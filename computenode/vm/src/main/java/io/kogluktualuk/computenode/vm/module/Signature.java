package io.kogluktualuk.computenode.vm.module;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The parameters and results of a function.
public record Signature(List<ValueType> parameters, List<ValueType> results) {

  public Signature {
    parameters = List.copyOf(parameters);
    results = List.copyOf(results);
  }

  /// Reads `iiI>i`: letters of the parameters, `>`, letters of the results.
  ///
  /// `i` i32, `I` i64, `f` f32, `F` f64, `v` v128, `r` funcref, `x` externref.
  public static Signature parse(String text) {
    int arrow = text.indexOf('>');
    if (arrow < 0) {
      throw new IllegalArgumentException("a signature has a '>', found '" + text + "'");
    }
    return new Signature(types(text.substring(0, arrow)), types(text.substring(arrow + 1)));
  }

  private static List<ValueType> types(String letters) {
    List<ValueType> types = new ArrayList<>(letters.length());
    for (char letter : letters.toCharArray()) {
      types.add(typeOf(letter));
    }
    return types;
  }

  private static ValueType typeOf(char letter) {
    for (ValueType type : ValueType.values()) {
      if (type.letter() == letter) {
        return type;
      }
    }
    throw new IllegalArgumentException("no value type has the letter '" + letter + "'");
  }

  // Both are as a record has them. Its own are made when they are first called, which in a JVM
  // that has just started takes as long as reading a module.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Signature(List<ValueType> given, List<ValueType> returned)
        && parameters.equals(given)
        && results.equals(returned);
  }

  @Override
  public int hashCode() {
    return 31 * parameters.hashCode() + results.hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    parameters.forEach(type -> text.append(type.letter()));
    text.append('>');
    results.forEach(type -> text.append(type.letter()));
    return text.toString();
  }
}
