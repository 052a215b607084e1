package io.replog.cli;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.replog.config.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the nodes of a cluster see of its supervisor's environment: all but what says which node one
 * is.
 *
 * @param withoutVariables variables that they are not to see
 * @param withoutProperties system properties that they are not to see
 * @param added variables that they are to see
 * @param shown what has to stand before a command that starts such a node from the same shell
 */
record ChildEnvironment(
    Set<String> withoutVariables,
    Set<String> withoutProperties,
    Map<String, String> added,
    String shown) {

  static ChildEnvironment of(Map<String, String> own, boolean faultsEnabled) {
    List<Property<?>> left = new ArrayList<>(Property.ofOneNode());
    left.addAll(Property.ofTheCluster());
    Set<String> variables =
        left.stream().flatMap(p -> p.allVariables().stream()).collect(toUnmodifiableSet());
    Set<String> properties =
        left.stream().flatMap(p -> p.systemProperties().stream()).collect(toUnmodifiableSet());
    Map<String, String> added =
        Map.of(Property.FAULTS.variables().getFirst(), Boolean.toString(faultsEnabled));
    Map<String, String> needed = new TreeMap<>(added);
    Stream.concat(
            Stream.of("REPLOG_HEAP", "REPLOG_JAVA_OPTS", "REPLOG_JAVA_HOME"),
            Property.all().stream().flatMap(p -> p.allVariables().stream()))
        .filter(name -> !variables.contains(name) && own.containsKey(name))
        .forEach(name -> needed.putIfAbsent(name, own.getOrDefault(name, "")));
    StringBuilder shown = new StringBuilder();
    needed.forEach(
        (name, value) ->
            shown.append(name).append('=').append(ThisProgram.quoted(List.of(value))).append(' '));
    return new ChildEnvironment(variables, properties, added, shown.toString());
  }
}
