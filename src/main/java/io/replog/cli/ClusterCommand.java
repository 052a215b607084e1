package io.replog.cli;

import io.replog.config.ClusterSettings;
import io.replog.config.NodeKind;
import io.replog.config.Property;
import io.replog.config.Settings;
import io.replog.evidence.KeyRing;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code replog cluster}. */
@Command(
    name = "cluster",
    description = "Runs a whole cluster on this machine, each node its own process.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Faults can be switched on (PUT /faults) unless REPLOG_FAULTS_ENABLED=false. No node is"
          + " started again by itself. Ctrl-C stops all."
    })
final class ClusterCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--secondaries", paramLabel = "N", description = "How many; default 2.")
  private @Nullable String secondaries;

  @Option(
      names = "--masters",
      paramLabel = "N",
      description = "How many; default 1, the others stand by.")
  private @Nullable String masters;

  @Option(
      names = "--delays",
      paramLabel = "MS,MS",
      description = "The delay of each secondary, in order; those not named have none.")
  private @Nullable String delays;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The first node's port, the others follow; default 8080.")
  private @Nullable String port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "A directory below it for each node; default replog-data.")
  private @Nullable String data;

  @Option(
      names = "--certified",
      description =
          "Gives each node a key, so that messages can be certified against a node that lies;"
              + " 3 secondaries unless --secondaries says how many.")
  private boolean certified;

  @Option(
      names = "--ephemeral",
      description = "Keep the data in a temporary directory that is deleted at the end.")
  private boolean ephemeral;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show all that the nodes log, not only warnings.")
  private boolean verbose;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description =
          "text (default): for people; json: one object on a line once the nodes are ready, all"
              + " else on the standard error.")
  private OutputFormat output = OutputFormat.text;

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandSpec command = Objects.requireNonNull(spec);
    if (ephemeral && data != null) {
      throw new ParameterException(
          command.commandLine(), "--ephemeral and --data exclude each other");
    }
    ClusterSettings cluster = settings().cluster();
    if (certified && cluster.masters() + cluster.secondaries() < KeyRing.FEWEST) {
      throw new ParameterException(
          command.commandLine(),
          "--certified needs %d nodes or more, of which one may lie: --secondaries %d"
              .formatted(KeyRing.FEWEST, KeyRing.FEWEST - cluster.masters()));
    }
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    Path directory = ephemeral ? Files.createTempDirectory("replog-") : cluster.data();
    boolean forPeople = output == OutputFormat.text;
    return new Supervisor(
            cluster,
            directory,
            ephemeral,
            certified,
            verbose,
            forPeople ? out : err,
            forPeople ? null : out)
        .run();
  }

  private Settings settings() {
    Settings settings = Settings.of(NodeKind.MASTER, given());
    if (!certified || settings.isSet(Property.CLUSTER_SECONDARIES)) {
      return settings;
    }
    Map<Property<?>, String> enough = given();
    enough.put(Property.CLUSTER_SECONDARIES, Integer.toString(KeyRing.FEWEST - 1));
    return Settings.of(NodeKind.MASTER, enough);
  }

  private Map<Property<?>, String> given() {
    Map<Property<?>, String> given = new LinkedHashMap<>();
    put(given, Property.CLUSTER_SECONDARIES, secondaries);
    put(given, Property.CLUSTER_MASTERS, masters);
    put(given, Property.CLUSTER_DELAYS, delays);
    put(given, Property.PORT, port);
    put(given, Property.DATA, data);
    return given;
  }

  private static void put(
      Map<Property<?>, String> given, Property<?> property, @Nullable String value) {
    if (value != null) {
      given.put(property, value);
    }
  }
}
