package io.kogluktualuk.fabric.node.config;

import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `${?NAME}` finds when the file itself has no such key: a variable of the environment.
///
/// **Threading:** stateless.
record Variables(Map<String, String> environment) implements ConfigResolver {

  /// How the origin of such a value is described.
  static final String ORIGIN = "environment ";

  @Override
  @SuppressWarnings("NullAway") // the library, which has no annotations, says null for "not here"
  public @Nullable ConfigValue lookup(String path) {
    List<String> elements = ConfigUtil.splitPath(path);
    String value = elements.size() == 1 ? environment.get(elements.getFirst()) : null;
    return value == null
        ? null
        : ConfigValueFactory.fromAnyRef(value, ORIGIN + elements.getFirst());
  }

  @Override
  public ConfigResolver withFallback(ConfigResolver fallback) {
    return this;
  }
}
