package io.kogluktualuk.fabric.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Which types stand in the signatures of the application's door.
final class SignaturesTest {

  private static final String ROOT = "io.kogluktualuk.";

  /// Values of other rooms, without behaviour.
  private static final Set<String> VALUES =
      Set.of(
          ROOT + "memnode.api.Tenant",
          ROOT + "computenode.api.RunReport",
          ROOT + "computenode.api.Progress");

  /// What operators begin with, in no signature of another type here.
  private static final String OPERATORS_DOOR = Session.class.getName();

  @Test
  void applicationsSeeTheJdkTheCoreAndAFewValues() throws Exception {
    List<String> foreign = new ArrayList<>();
    int seen = 0;
    for (Class<?> type : publicTypes()) {
      for (Type each : signatures(type)) {
        seen++;
        for (String name : names(each)) {
          if (!isAllowed(name)) {
            foreign.add(type.getSimpleName() + ": " + name);
          }
        }
      }
    }
    assertEquals(List.of(), foreign);
    assertTrue(seen > 200, "looked at " + seen + " types only");
  }

  private static boolean isAllowed(String name) {
    boolean isOurs = name.startsWith(ROOT + "fabric.") && !name.contains(".operator.");
    return name.startsWith("java.")
        || isOurs && !name.equals(OPERATORS_DOOR)
        || VALUES.contains(name);
  }

  private static List<Class<?>> publicTypes() throws IOException, ClassNotFoundException {
    Path folder = Path.of("target/classes/io/kogluktualuk/fabric/client");
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString().replace(".class", "");
        if (!name.equals("package-info")) {
          Class<?> type = Class.forName(ROOT + "fabric.client." + name);
          if (Modifier.isPublic(type.getModifiers()) && type != Session.class) {
            types.add(type);
          }
        }
      }
    }
    assertTrue(types.contains(Fabric.class) && types.contains(View.class), types.toString());
    return types;
  }

  private static List<Type> signatures(Class<?> type) {
    List<Type> all = new ArrayList<>(Arrays.asList(type.getGenericInterfaces()));
    for (Field field : type.getDeclaredFields()) {
      if (isSeen(field.getModifiers())) {
        all.add(field.getGenericType());
      }
    }
    Stream.concat(
            Arrays.stream(type.getDeclaredMethods()), Arrays.stream(type.getDeclaredConstructors()))
        .filter(member -> isSeen(member.getModifiers()) && !member.isSynthetic())
        .forEach(member -> addTypes(member, all));
    return all;
  }

  private static void addTypes(Executable member, List<Type> all) {
    all.addAll(Arrays.asList(member.getGenericParameterTypes()));
    all.addAll(Arrays.asList(member.getGenericExceptionTypes()));
    if (member instanceof java.lang.reflect.Method method) {
      all.add(method.getGenericReturnType());
    }
  }

  private static boolean isSeen(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static Set<String> names(Type type) {
    Set<String> names = new TreeSet<>();
    collect(type, names);
    return names;
  }

  private static void collect(Type type, Set<String> names) {
    switch (type) {
      case Class<?> plain when plain.isArray() -> collect(plain.getComponentType(), names);
      case Class<?> plain when !plain.isPrimitive() -> names.add(plain.getName());
      case ParameterizedType generic -> {
        collect(generic.getRawType(), names);
        for (Type argument : generic.getActualTypeArguments()) {
          collect(argument, names);
        }
      }
      case WildcardType wildcard -> {
        for (Type bound : wildcard.getUpperBounds()) {
          collect(bound, names);
        }
        for (Type bound : wildcard.getLowerBounds()) {
          collect(bound, names);
        }
      }
      default -> {} // a primitive, or a variable
    }
  }
}
