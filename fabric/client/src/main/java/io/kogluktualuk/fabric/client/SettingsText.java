package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.io.StringReader;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Settings as text: URLs, files of `key=value`, environment variables.
///
/// ```
/// kog://host:port,host:port?key=value&key=value
///       └── control ───────┘ └ values percent-encoded in UTF-8 ┘
/// ```
///
/// **Threading:** stateless. **Bound:** texts of [#LENGTH_MAX] characters.
/// **Errors:** [InvalidArgument] naming the part.
final class SettingsText {

  static final int LENGTH_MAX = 8192;

  private static final String SCHEME = "kog://";
  private static final String URL_KEY = "url";
  private static final String URL_VARIABLE = "KOG_URL";

  private SettingsText() {}

  static ClientSettings ofUrl(String url) {
    checkLength("the URL", url);
    if (!url.startsWith(SCHEME)) {
      throw new InvalidArgument(
          "the URL begins with '" + beginning(url) + "', expected " + SCHEME + "HOST:PORT");
    }
    int question = url.indexOf('?');
    String hosts = url.substring(SCHEME.length(), question < 0 ? url.length() : question);
    checkHosts(hosts);
    SettingsDraft draft = new SettingsDraft();
    Setting.CONTROL.read(draft, "control (before the '?')", hosts);
    if (question >= 0 && question < url.length() - 1) {
      readParameters(draft, url.substring(question + 1));
    }
    return draft.freeze();
  }

  private static void checkHosts(String hosts) {
    if (hosts.isEmpty()) {
      throw new InvalidArgument("the URL names no control node, expected " + SCHEME + "HOST:PORT");
    }
    for (char foreign : new char[] {'/', '@', '#'}) {
      if (hosts.indexOf(foreign) >= 0) {
        throw new InvalidArgument(
            "the URL has a '" + foreign + "' in '" + hosts + "', expected HOST:PORT and then '?'");
      }
    }
  }

  private static void readParameters(SettingsDraft draft, String query) {
    Set<Setting> read = EnumSet.of(Setting.CONTROL);
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      if (equals <= 0) {
        throw new InvalidArgument("URL parameter '" + parameter + "', expected key=value");
      }
      String key = parameter.substring(0, equals);
      Setting setting = setting(key, Setting.CONTROL);
      if (!read.add(setting)) {
        throw new InvalidArgument("URL parameter " + key + " is there twice, expected once");
      }
      setting.read(draft, "URL parameter " + key, decoded(key, parameter.substring(equals + 1)));
    }
  }

  private static String decoded(String key, String value) {
    try {
      // A plus sign is itself here: paths have them, and forms are not meant.
      return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new InvalidArgument(
          "URL parameter " + key + " is '" + value + "', expected percent-encoded UTF-8", e);
    }
  }

  static ClientSettings ofFile(Path file) {
    Properties properties = new Properties();
    try {
      checkLength(file.toString(), Files.size(file));
      properties.load(new StringReader(Files.readString(file)));
    } catch (NoSuchFileException e) {
      throw new NotFound("there is no file " + file, e);
    } catch (IOException e) {
      throw new Unavailable(file + " cannot be read: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new InvalidArgument(file + ": " + e.getMessage() + ", expected lines key=value", e);
    }
    SettingsDraft draft = beginning(properties.getProperty(URL_KEY), file + ": " + URL_KEY);
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      if (!key.equals(URL_KEY)) {
        setting(file + ": ", key).read(draft, file + ": " + key, properties.getProperty(key, ""));
      }
    }
    return draft.freeze();
  }

  static ClientSettings ofEnvironment(Map<String, String> variables) {
    SettingsDraft draft = beginning(variables.get(URL_VARIABLE), URL_VARIABLE);
    for (Setting setting : Setting.values()) {
      String value = variables.getOrDefault(setting.variable(), "");
      if (!value.isEmpty()) {
        checkLength(setting.variable(), value);
        setting.read(draft, setting.variable(), value);
      }
    }
    return draft.freeze();
  }

  private static SettingsDraft beginning(@Nullable String url, String where) {
    if (url == null || url.isEmpty()) {
      return new SettingsDraft();
    }
    try {
      return new SettingsDraft(ofUrl(url));
    } catch (InvalidArgument e) {
      throw new InvalidArgument(where + ": " + e.getMessage(), e);
    }
  }

  static String toUrl(ClientSettings settings) {
    if (settings.controls().isEmpty()) {
      throw new InvalidArgument("there is no URL of settings without a control node");
    }
    List<String> parameters = new ArrayList<>();
    for (Setting setting : Setting.values()) {
      String value = setting.of(settings);
      if (setting != Setting.CONTROL && !value.equals(setting.of(ClientSettings.DEFAULT))) {
        parameters.add(
            setting.key()
                + "="
                + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"));
      }
    }
    String hosts = SCHEME + Setting.CONTROL.of(settings);
    return parameters.isEmpty() ? hosts : hosts + "?" + String.join("&", parameters);
  }

  private static Setting setting(String key, Setting not) {
    Setting found = setting("URL parameter ", key);
    if (found == not) {
      throw new InvalidArgument("URL parameter " + key + ": it stands before the '?'");
    }
    return found;
  }

  private static Setting setting(String where, String key) {
    return Arrays.stream(Setting.values())
        .filter(each -> each.key().equals(key))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidArgument(
                    where
                        + key
                        + " is not known, expected one of "
                        + Arrays.stream(Setting.values())
                            .map(Setting::key)
                            .collect(Collectors.joining(", "))));
  }

  private static String beginning(String url) {
    return url.substring(0, Math.min(url.length(), SCHEME.length()));
  }

  private static void checkLength(String what, String text) {
    checkLength(what, text.length());
  }

  private static void checkLength(String what, long length) {
    if (length > LENGTH_MAX) {
      throw new InvalidArgument(
          what + " has " + length + " characters, expected at most " + LENGTH_MAX);
    }
  }
}
