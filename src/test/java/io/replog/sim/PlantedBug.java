package io.replog.sim;

import java.util.List;
import java.util.function.Supplier;

/**
 * A bug that the simulator must find, planted through the ports of nodes that have none.
 *
 * @param profileName the runs that find it
 * @param sabotage how it is planted
 */
record PlantedBug(String name, String profileName, Supplier<Sabotage> sabotage) {
  static final List<PlantedBug> ALL =
      List.of(
          new PlantedBug(
              "acknowledge-before-storing", "masters", MessageBugs.AcknowledgeBeforeStoring::new),
          new PlantedBug(
              "acknowledge-before-fsync", "masters", MessageBugs.AcknowledgeBeforeFsync::new),
          new PlantedBug("skip-the-epoch-check", "masters", MessageBugs.SkipTheEpochCheck::new),
          new PlantedBug("activate-on-too-few", "ambushes", MessageBugs.ActivateOnTooFew::new),
          new PlantedBug("incumbency-by-log-epoch", "ambushes", NodeBugs.IncumbencyByLogEpoch::new),
          new PlantedBug(
              "label-before-the-whole-log", "ambushes", MessageBugs.LabelBeforeTheWholeLog::new),
          new PlantedBug(
              "incumbent-adopts-nothing", "ambushes", MessageBugs.IncumbentAdoptsNothing::new),
          new PlantedBug("count-a-wiped-store", "ambushes", MessageBugs.CountAWipedStore::new),
          new PlantedBug("an-amnesiac-votes", "ambushes", NodeBugs.AnAmnesiacVotes::new),
          new PlantedBug(
              "forget-a-promise-at-restart", "ambushes", NodeBugs.ForgetAPromiseAtRestart::new),
          new PlantedBug("cut-by-length", "ambushes", MessageBugs.CutByLength::new),
          new PlantedBug(
              "lose-the-keys-on-failover", "masters", NodeBugs.LoseTheKeysOnFailover::new),
          new PlantedBug("show-a-gap", "masters", NodeBugs.ShowAGap::new),
          new PlantedBug(
              "register-the-waiter-after-the-send",
              "calm",
              NodeBugs.RegisterTheWaiterAfterTheSend::new),
          new PlantedBug(
              "damage-taken-for-the-end", "ambushes", NodeBugs.DamageTakenForTheEnd::new),
          new PlantedBug("one-majority-only", "ambushes", MessageBugs.OneMajorityOnly::new),
          new PlantedBug("trim-what-a-seat-lacks", "trims", NodeBugs.TrimWhatASeatLacks::new),
          new PlantedBug(
              "trim-what-is-not-committed", "trims", NodeBugs.TrimWhatIsNotCommitted::new),
          new PlantedBug("begin-at-the-end", "trims", MessageBugs.BeginAtTheEnd::new),
          new PlantedBug("quorum-too-small", "liars", LiarBugs.QuorumTooSmall::new),
          new PlantedBug("attest-before-committed", "liars", LiarBugs.AttestBeforeCommitted::new),
          new PlantedBug("attest-without-own-hash", "liars", LiarBugs.AttestWithoutOwnHash::new));

  static PlantedBug named(String name) {
    return ALL.stream()
        .filter(bug -> bug.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no bug "
                        + name
                        + "; there are "
                        + ALL.stream().map(PlantedBug::name).toList()));
  }

  Profile profile() {
    return Profile.named(profileName);
  }

  Sabotage plant() {
    return sabotage.get();
  }

  @Override
  public String toString() {
    return name;
  }
}
