package io.replog.cli.scenario;

import io.replog.client.ClientException;
import io.replog.client.ClusterView;
import io.replog.client.Credentials;
import io.replog.client.Faults;
import io.replog.client.Limits;
import io.replog.client.LogRecord;
import io.replog.client.Read;
import io.replog.client.ReplogClient;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The nodes of a stage as a script names them, a connection to each, and what was broken. */
final class Cast implements AutoCloseable {
  /** For a look at a node: one that hangs is not waited for. */
  private static final Limits TO_LOOK =
      new Limits(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(3), 1);

  /** For an append that may wait: what it is to wait is for the script to say. */
  private static final Limits TO_ASK_ONCE =
      new Limits(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(10), 1);

  private final Stage stage;
  private final Credentials credentials;
  private final Map<URI, ReplogClient> looks = new LinkedHashMap<>();
  private final Map<URI, ReplogClient> asks = new LinkedHashMap<>();
  private final Map<String, Faults> broken = new LinkedHashMap<>();

  Cast(Stage stage, Credentials credentials) {
    this.stage = stage;
    this.credentials = credentials;
  }

  List<Stage.Member> members() throws ClientException {
    return stage.members();
  }

  List<Stage.Member> masters() throws ClientException {
    return members().stream().filter(Stage.Member::isMaster).toList();
  }

  /** The node of a script's name; null if it is {@code master} and none is active now. */
  Stage.@Nullable Member find(String name) throws ClientException {
    if (name.equals("master")) {
      return active();
    }
    List<Stage.Member> members = members();
    if (name.matches("sub[1-9]")) {
      int place = name.charAt(3) - '1';
      List<Stage.Member> secondaries = members.stream().filter(m -> !m.isMaster()).toList();
      return place < secondaries.size() ? secondaries.get(place) : null;
    }
    return members.stream().filter(member -> member.id().equals(name)).findFirst().orElse(null);
  }

  /** As {@link #find}, where a node has to be there. */
  Stage.Member get(String name) throws ClientException, NotHeldException {
    Stage.Member member = find(name);
    if (member == null) {
      throw new NotHeldException(
          name.equals("master") ? "an active master" : "a node " + name, "there is none");
    }
    return member;
  }

  /** The master of the highest epoch of those that say they lead, null if none does. */
  private Stage.@Nullable Member active() throws ClientException {
    Stage.Member active = null;
    long highest = -1;
    for (Stage.Member master : masters()) {
      ClusterView view;
      try {
        view = look(master).cluster();
      } catch (ClientException e) {
        continue; // it does not answer, so it is not the one
      }
      Long epoch = view.epoch();
      if (view.role().equals("MASTER") && epoch != null && epoch > highest) {
        active = master;
        highest = epoch;
      }
    }
    return active;
  }

  /** To ask a node something that it answers at once. */
  synchronized ReplogClient look(Stage.Member member) {
    return looks.computeIfAbsent(member.url(), url -> new ReplogClient(url, TO_LOOK, credentials));
  }

  /** To append at a node, once. */
  synchronized ReplogClient ask(Stage.Member member) {
    return asks.computeIfAbsent(
        member.url(), url -> new ReplogClient(url, TO_ASK_ONCE, credentials));
  }

  /** The messages of a node above a sequence. */
  List<String> messages(Stage.Member member, long above, @Nullable String concern)
      throws ClientException {
    List<String> messages = new ArrayList<>();
    look(member)
        .read(
            new Read(above + 1, null, concern), (LogRecord entry) -> messages.add(entry.message()));
    return messages;
  }

  /** Switches a fault on, beside those that are on already. */
  void breakNode(Stage.Member member, Step.Fault fault) throws ClientException, NotHeldException {
    Faults before = broken.getOrDefault(member.id(), Faults.NONE);
    Faults after =
        switch (fault) {
          case Step.Delay delay -> before.withDelay(delay.length());
          case Step.Errors errors -> before.withErrors(errors.share(), errors.after());
          case Step.Drop drop -> before.withDrop(drop.share());
          case Step.DiskFull() -> before.withDiskFull(true);
          case Step.Partition partition -> before.withPartitionedFrom(cutFrom(member, partition));
        };
    broken.put(member.id(), after); // before it is asked: an answer may get lost
    look(member).setFaults(after);
  }

  private Set<String> cutFrom(Stage.Member member, Step.Partition partition)
      throws ClientException, NotHeldException {
    Set<String> cut = new TreeSet<>();
    if (partition.from().isEmpty()) {
      members().stream().map(Stage.Member::id).forEach(cut::add);
    }
    for (String name : partition.from()) {
      cut.add(get(name).id());
    }
    cut.remove(member.id());
    return cut;
  }

  /** Switches all faults of a node off. */
  void heal(Stage.Member member) throws ClientException {
    if (broken.containsKey(member.id())) {
      look(member).clearFaults();
      broken.remove(member.id());
    }
  }

  /** The process that had these faults is gone. */
  void forgetFaults(String id) {
    broken.remove(id);
  }

  /** Heals what is still broken; a node that does not answer has to be left as it is. */
  List<String> healAll() {
    List<String> left = new ArrayList<>();
    for (String id : List.copyOf(broken.keySet())) {
      try {
        Stage.Member member = find(id);
        if (member != null) {
          heal(member);
        }
      } catch (ClientException e) {
        left.add(id);
      }
    }
    return left;
  }

  @Override
  public synchronized void close() {
    looks.values().forEach(ReplogClient::close);
    asks.values().forEach(ReplogClient::close);
  }
}
