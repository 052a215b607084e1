package io.replog.cli.scenario;

import io.replog.client.Append;
import io.replog.client.ClientException;
import io.replog.client.ClusterView;
import io.replog.client.Credentials;
import io.replog.client.ReplogClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Plays a scenario on a stage, step by step, and tells it. A step that does not hold ends it; what
 * it broke is healed either way. Every wait has a limit.
 */
public final class Play implements AutoCloseable {
  private final Scenario scenario;
  private final Stage stage;
  private final Teller teller;
  private final Runnable beforeHeadline;
  private final Cast cast;
  private final Looks looks;
  private final Map<String, Pending> pending = new LinkedHashMap<>();
  private final Map<String, SteadyWriter> writers = new LinkedHashMap<>();
  private final String run = UUID.randomUUID().toString().substring(0, 8);
  private long base;

  /**
   * @param beforeHeadline is run before each part of the story
   * @param credentials to show to the nodes of the stage
   */
  public Play(
      Scenario scenario,
      Stage stage,
      Teller teller,
      Runnable beforeHeadline,
      Credentials credentials) {
    this.scenario = scenario;
    this.stage = stage;
    this.teller = teller;
    this.beforeHeadline = beforeHeadline;
    this.cast = new Cast(stage, credentials);
    this.looks = new Looks(stage, cast, teller);
  }

  /**
   * Refuses, before anything is done, what cannot be played here.
   *
   * @throws BadScriptException if the stage lacks what the script needs
   */
  public void check() throws BadScriptException, ClientException {
    if (stage.troupe().isPresent()) {
      return;
    }
    String source = scenario.source();
    if (scenario.needsProcesses()) {
      String why =
          "it needs the processes of the nodes; without --url it gets a cluster of its own";
      for (Step step : scenario.steps()) {
        if (step.needsProcesses()) {
          throw new BadScriptException(source, step.line(), why);
        }
      }
      throw new BadScriptException(source, why + " (nodes that are down)");
    }
    List<Stage.Member> members = cast.members();
    long masters = members.stream().filter(Stage.Member::isMaster).count();
    long secondaries = members.size() - masters;
    Scenario.Cluster needed = scenario.cluster();
    if (masters < needed.masters() || secondaries < needed.delays().size()) {
      throw new BadScriptException(
          source,
          "it needs %d masters and %d secondaries; there are %d (name each master with --url) and %d"
              .formatted(needed.masters(), needed.delays().size(), masters, secondaries));
    }
    for (Stage.Member member : scenario.needsFaults() ? members : List.<Stage.Member>of()) {
      if (!cast.look(member).faultsEnabled()) {
        throw new BadScriptException(
            source, "it needs faults, and %s does not allow them".formatted(member.id()));
      }
    }
  }

  /**
   * Plays it. Empty evidence of a failure if the stage was closed in the middle.
   *
   * @throws IOException if a process cannot be started or told something
   */
  public Verdict play() throws IOException, InterruptedException {
    teller.headline(scenario.title(), scenario.about());
    long began = teller.elapsedMs();
    int line = 0;
    String what = "the cluster is whole";
    boolean held = false;
    try {
      begin();
      for (Step step : scenario.steps()) {
        began = teller.elapsedMs();
        line = step.line();
        what = StepText.of(step);
        play(step, what, began);
      }
      held = true;
    } catch (NotHeldException e) {
      if (!stage.isClosed()) {
        teller.failed(line, what, e, began);
      }
    } catch (ClientException e) {
      if (!stage.isClosed()) {
        teller.failed(line, what, new NotHeldException("an answer", said(e)), began);
      }
    } finally {
      heal();
    }
    Verdict verdict = new Verdict(scenario, held, teller.evidence());
    if (!stage.isClosed()) {
      teller.verdict(verdict);
    }
    return verdict;
  }

  /** Whatever ended the play; the nodes of a cluster that is taken down need no healing. */
  private void heal() {
    if (stage.troupe().isPresent() && stage.isClosed()) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    List<String> left = cast.healAll();
    if (!left.isEmpty()) {
      teller.say("not healed, for want of an answer: " + String.join(", ", left));
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static String said(ClientException e) {
    return Objects.requireNonNullElse(e.getMessage(), e.toString());
  }

  private void begin() throws IOException, InterruptedException, NotHeldException, ClientException {
    if (stage.troupe().isPresent()) {
      raise(stage.troupe().get());
    } else {
      delayAsPlanned();
    }
    ClusterView view = cast.look(cast.get("master")).cluster();
    base = Objects.requireNonNullElse(view.lastSequence(), 0L);
    looks.countFrom(base);
    if (base > 0) {
      teller.say("the log has %d entries; sequences and lists count from there".formatted(base));
    }
  }

  /** The first master leads, before any other is there to. */
  private void raise(Stage.Troupe troupe)
      throws IOException, InterruptedException, NotHeldException {
    teller.say("Data in " + troupe.place() + ", deleted at the end");
    Scenario.Cluster cluster = scenario.cluster();
    List<String> first = new ArrayList<>(cluster.nodes());
    first.removeIf(id -> cluster.down().contains(id) || id.startsWith("master-"));
    first.add("master-0");
    for (String id : first) {
      start(troupe, id);
    }
    for (String id : cluster.down()) {
      teller.say(id + "  is part of it, and not started");
    }
    int secondaries = first.size() - 1;
    boolean majority = 2 * first.size() > 1 + cluster.delays().size();
    if (majority) {
      looks.status(
          new Step.Status(
              0,
              "master-0",
              Map.of("mode", "READ_WRITE", "voting", Integer.toString(secondaries)),
              Patience.START,
              "the master takes appends: it has a majority of the copies"));
    }
    for (String id : cluster.nodes()) {
      if (id.startsWith("master-") && !first.contains(id) && !cluster.down().contains(id)) {
        start(troupe, id);
        looks.status(
            new Step.Status(0, id, Map.of("role", "STANDBY"), Patience.START, "it stands by"));
      }
    }
  }

  private void start(Stage.Troupe troupe, String id) throws IOException {
    int place = scenario.cluster().nodes().indexOf(id) - scenario.cluster().masters();
    Duration delay = place < 0 ? Duration.ZERO : scenario.cluster().delays().get(place);
    cast.forgetFaults(id);
    teller.say(
        "%s  started, process %d%s"
            .formatted(
                id,
                troupe.start(id),
                delay.isZero() ? "" : ", takes " + Teller.seconds(delay) + " to store a message"));
  }

  private void delayAsPlanned() throws ClientException, NotHeldException {
    List<Duration> delays = scenario.cluster().delays();
    for (int i = 0; i < delays.size(); i++) {
      if (delays.get(i).isPositive()) {
        Stage.Member member = cast.get("sub" + (i + 1));
        cast.breakNode(member, new Step.Delay(delays.get(i)));
        teller.say(
            member.id() + "  takes " + Teller.seconds(delays.get(i)) + " to store a message");
      }
    }
  }

  private void play(Step step, String what, long began)
      throws IOException, InterruptedException, NotHeldException, ClientException {
    switch (step) {
      case Step.Say say -> {
        beforeHeadline.run();
        teller.headline(say.headline(), say.text());
      }
      case Step.OnProcess process -> process(process, began);
      case Step.Break fault -> {
        for (String name : fault.nodes()) {
          Stage.Member member = cast.get(name);
          cast.breakNode(member, fault.fault());
          teller.done(step, member.id() + "  " + StepText.of(fault.fault()), began);
        }
      }
      case Step.Heal heal -> heal(heal, began);
      case Step.Wait wait -> {
        teller.done(step, "waiting for " + Teller.seconds(wait.length()), began);
        Thread.sleep(wait.length());
      }
      case Step.Post post -> post(post, what, began);
      case Step.Waits waits -> waits(waits, what, began);
      case Step.Answered answered ->
          answered(
              answered.line(),
              what,
              find(answered.name()),
              answered.expected(),
              answered.so(),
              began);
      case Step.Lists lists -> looks.lists(lists);
      case Step.Status status -> looks.status(status);
      case Step.Equal equal -> looks.equal(equal);
      case Step.Logged logged -> looks.logged(logged);
      case Step.Write write -> write(write, began);
      case Step.Written written -> looks.written(written, writer(written.name()));
    }
  }

  private void process(Step.OnProcess step, long began)
      throws IOException, InterruptedException, NotHeldException, ClientException {
    Stage.Troupe troupe = stage.troupe().orElseThrow();
    for (String name : step.nodes()) {
      String id = cast.get(name).id();
      switch (step.act()) {
        case START -> start(troupe, id);
        case STOP -> troupe.stop(id);
        case KILL -> troupe.kill(id);
        case PAUSE -> troupe.pause(id);
        case RESUME -> troupe.resume(id);
      }
      if (step.act() != Step.Act.START) {
        teller.done(step, id + "  is " + step.act().done, began);
      }
    }
  }

  private void heal(Step.Heal step, long began) throws ClientException, NotHeldException {
    if (step.nodes().isEmpty()) {
      List<String> left = cast.healAll();
      if (!left.isEmpty()) {
        throw new NotHeldException("all nodes healed", "no answer from " + left);
      }
      teller.done(step, "all nodes are healed", began);
      return;
    }
    for (String name : step.nodes()) {
      Stage.Member member = cast.get(name);
      cast.heal(member);
      teller.done(step, member.id() + "  is healed", began);
    }
  }

  private void post(Step.Post step, String what, long began)
      throws NotHeldException, ClientException, InterruptedException {
    Stage.Member to = cast.get(step.to());
    ReplogClient client = cast.ask(to);
    Append append = step.append();
    if (append.key() != null) {
      append = append.withKey(append.key() + "-" + run);
    }
    teller.say("POST /messages to %s %s".formatted(to.id(), StepText.body(append)));
    Pending sent = Pending.of(client, append);
    String name = step.as();
    if (name != null) {
      pending.put(name, sent);
      return;
    }
    answered(step.line(), what, sent, step.expected(), step.so(), began);
  }

  private Pending find(String name) {
    return Objects.requireNonNull(pending.get(name), name);
  }

  private SteadyWriter writer(String name) {
    return Objects.requireNonNull(writers.get(name), name);
  }

  private void waits(Step.Waits step, String what, long began) throws NotHeldException {
    Outcome outcome = find(step.name()).now();
    if (outcome != null) {
      throw new NotHeldException(
          "that " + step.name() + " still waits", "answered: " + outcome.inWords(base));
    }
    teller.held(step.line(), what, "no answer yet", step.name() + " still waits", step.so(), began);
  }

  private void answered(
      int line, String what, Pending sent, Expected expected, @Nullable String so, long began)
      throws NotHeldException, ClientException, InterruptedException {
    Outcome outcome = sent.await(expected.within());
    if (outcome == null) {
      throw new NotHeldException(
          "an answer within " + Teller.seconds(expected.within()), "it still waits");
    }
    List<String> on = new ArrayList<>();
    for (String name : expected.on()) {
      on.add(cast.get(name).id());
    }
    String complaint = outcome.against(expected, on, base);
    if (complaint != null) {
      throw new NotHeldException(complaint, outcome.inWords(base));
    }
    teller.held(line, what, StepText.of(expected), outcome.inWords(base), so, began);
  }

  private void write(Step.Write step, long began) throws ClientException, NotHeldException {
    List<Stage.Member> masters = new ArrayList<>(cast.masters());
    Stage.Member active = cast.get("master");
    masters.remove(active);
    masters.addFirst(active);
    writers.put(step.name(), new SteadyWriter(cast, masters, step));
    teller.done(
        step,
        "a client appends %s-1, %s-2, ... with w=%s, each with a key, until it is answered"
            .formatted(step.name(), step.name(), step.w()),
        began);
  }

  @Override
  public void close() {
    writers.values().forEach(SteadyWriter::end);
    cast.close();
  }
}
