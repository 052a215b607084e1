package io.replog.cli.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** A script is read as it stands or refused with its line and what is allowed. */
class ScenarioReaderTest {
  static final List<String> NAMES = Scripts.NAMES;

  private static Scenario read(String steps) throws BadScriptException {
    return ScenarioReader.read("s", "title: t\nsteps:\n" + steps, 1);
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void everyScriptOfTheJarReadsAndFits80Columns(String name) throws BadScriptException {
    Scenario scenario = ScenarioReader.read(name, Scripts.text(name), 0.2);

    assertThat(scenario.steps()).hasSizeGreaterThan(5);
    assertThat(scenario.about()).isNotEmpty();
    assertThat(Scripts.text(name).lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThan(101));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          - explode: master             | s, line 3: a step with explode says nothing that can be done; allowed are say, start
          - {kill: master-0, heal: all} | s, line 3: a step does one thing, not kill and heal
          - kill: master-7              | s, line 3: there is no node 'master-7'; allowed are master, master-0, secondary-0
          - {append: a, W: 2}           | s, line 3: a step has no 'W'; allowed are append, as, expect, j, key, so, timeout, to, w
          - {append: a, w: many}        | s, line 3: 'w' is 'many'; it must be a number from 1 to 1000, majority or all
          - {append: a, j: yes}         | s, line 3: 'j' is 'yes'; it must be true or false
          - {append: a, timeout: 5}     | s, line 3: 'timeout' is '5'; it must be a length of time such as 500ms
          - {append: a, expect: {status: 42}} | s, line 3: 'status' has '42'; it must be HTTP statuses or none
          - {append: a, expect: {sequenze: 1}} | s, line 3: 'expect' has no 'sequenze'; allowed are atLeast, copies, on,
          - waits: m                    | s, line 3: 'waits' names 'm'; before it there are none
          - {errors: sub1, share: 2}    | s, line 3: 'share' is '2'; it must be a share from 0 to 1
          - {status: master, expect: {}} | s, line 3: 'expect' must have one of role, mode,
          - {wait: 1s, wait: 2s}        | s, line 3: 'wait' is there twice
          - {append: [a                 | s, line 4: this is no YAML
          """)
  void aMistakeIsNamedWithItsLineAndWhatIsAllowed(String step, String complaint) {
    assertThatThrownBy(() -> read(step + "\n"))
        .isInstanceOf(BadScriptException.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void theComplaintHasTheLineOfTheMember() {
    assertThatThrownBy(
            () -> read("- wait: 1s\n- append: a\n  w: 1\n  expect:\n    status: [201]\n    x: 1\n"))
        .hasMessageStartingWith("s, line 8: 'expect' has no 'x'");
  }

  @Test
  void anEmptyScriptIsRefused() {
    assertThatThrownBy(() -> ScenarioReader.read("s", "", 1)).hasMessageContaining("empty");
    assertThatThrownBy(() -> ScenarioReader.read("s", "title: t\n", 1))
        .hasMessage("s, line 1: the script needs 'steps'");
    assertThatThrownBy(() -> ScenarioReader.read("s", "title: t\nsteps: []\n", 1))
        .hasMessageContaining("1 to 1000 steps");
  }

  @Test
  void paceShortensDelaysAndTheLeastTimesButNotTheLongest() throws BadScriptException {
    String script =
        """
        title: t
        cluster: {delays: [1s]}
        steps:
          - append: a
            expect: {atLeast: 1s, within: 5s}
        """;

    Scenario scenario = ScenarioReader.read("s", script, 0.2);

    assertThat(scenario.cluster().delays()).containsExactly(Duration.ofMillis(200), Duration.ZERO);
    assertThat(scenario.steps().getFirst())
        .isInstanceOfSatisfying(
            Step.Post.class,
            post -> {
              assertThat(post.expected().atLeast()).isEqualTo(Duration.ofMillis(200));
              assertThat(post.expected().within()).isEqualTo(Duration.ofSeconds(5));
            });
  }

  @Test
  void whatNeedsProcessesOrFaultsIsKnownBeforeItIsPlayed() throws BadScriptException {
    assertThat(read("- kill: master-0\n").needsProcesses()).isTrue();
    assertThat(read("- delay: sub1\n  length: 1s\n").needsProcesses()).isFalse();
    assertThat(read("- delay: sub1\n  length: 1s\n").needsFaults()).isTrue();
    assertThat(read("- append: a\n").needsFaults()).isFalse();
  }

  @Test
  void textIsBrokenAtBlanksAndLongWordsAreLeftWhole() {
    assertThat(Teller.wrapped("one two three", 7)).containsExactly("one two", "three");
    assertThat(Teller.wrapped("a veryveryverylong b", 5))
        .containsExactly("a", "veryveryverylong", "b");
  }
}
