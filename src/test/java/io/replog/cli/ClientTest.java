package io.replog.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.client.StubNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@Timeout(60)
class ClientTest {
  private static final String JSON = "application/json";
  private static final String NDJSON = "application/x-ndjson";
  private static final String PROBLEM = "application/problem+json";

  private final StubNode node = new StubNode();
  private final StubNode other = new StubNode();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @AfterEach
  void close() {
    node.close();
    other.close();
  }

  private int client(String input, String... options) {
    CommandLine line = new CommandLine(new CommandsTest.Top());
    line.addSubcommand(
        new ClientCommand(new ByteArrayInputStream(input.getBytes(UTF_8)), () -> false));
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> Failure.report(failure, command.getErr()));
    List<String> arguments = new ArrayList<>(List.of("client", "--url", node.url().toString()));
    arguments.addAll(List.of(options));
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments.toArray(String[]::new));
  }

  private String clusterOf(int copies) {
    return """
    {"node":"master-0","role":"MASTER","mode":"READ_WRITE",
     "active":{"node":"master-0","url":"%s"},"quorum":{"copies":%d,"majority":2,"available":%d},
     "nodes":[{"node":"secondary-0","url":"%s"},{"node":"http://127.0.0.1:1","url":"http://127.0.0.1:1"}]}\
    """
        .formatted(node.url(), copies, copies, other.url());
  }

  private List<String> appended() {
    return node.requests().stream()
        .filter(request -> request.line().startsWith("POST"))
        .map(StubNode.Request::body)
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          hello world|-|hello world
           w=2 x|-| w=2 x
          w=2 x|2|x
          w=0 x|1|x
          w=-7 x|1|x
          w=007 x|7|x
          w=1000 x|1000|x
          w=1001 x|all|x
          w=99999999999999999999 x|all|x
          w=Majority x|majority|x
          w=all  two blanks|all| two blanks
          w= list|-|list
          w= w=2 x|-|w=2 x
          w=1 |1|''
          lists|-|lists
          list of things|-|list of things
          status quo|-|status quo
          w 2|-|w 2
          """)
  void aLineIsAMessageUnlessItIsACommandWordForWord(String line, String w, String text) {
    assertThat(ClientLine.parse(line)).isEqualTo(new ClientLine.Message(w, text));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "list,-",
        "list1,1",
        "list sub1,1",
        "list 2,2",
        "listsub2,2",
        "list secondary 12,12",
        "list master,master",
        "list secondary-0,secondary-0",
        "list  http://a:1 ,http://a:1"
      })
  void aListNamesTheNodeInAnyUsualWay(String line, String named) {
    assertThat(ClientLine.parse(line)).isEqualTo(new ClientLine.Messages(named));
  }

  @ParameterizedTest
  @CsvSource({"w=2", "w=x y", "w=1.5 x", "w=", "w=two"})
  void aMistypedWriteConcernIsNotAMessage(String line) {
    assertThat(ClientLine.parse(line)).isInstanceOf(ClientLine.Wrong.class);
  }

  @Test
  void linesOfAPipeAreAppendedAndListedWithoutAPrompt() {
    node.answers(
            201,
            JSON,
            """
            {"sequence":1,"epoch":1,"j":true,"satisfied":true,"copies":[
             {"node":"master-0","stored":true,"durable":true,"ms":0.44}]}\
            """)
        .answers(200, JSON, clusterOf(3))
        .answers(201, JSON, "{\"sequence\":2,\"epoch\":1}")
        .answers(200, JSON, clusterOf(3))
        .answers(
            200,
            NDJSON,
            "{\"sequence\":1,\"message\":\"Msg1\"}\n{\"sequence\":2,\"message\":\"ž 2\"}\n");

    assertThat(client("Msg1\n\nw=2 ž 2\nlist\nquit\nnot any more\n")).isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            "1 (epoch 1) on master-0 0.4 ms",
            "2 (epoch 1)",
            "1  Msg1",
            "2  ž 2",
            "master-0 has 2 messages");
    assertThat(err.toString()).isEmpty();
    assertThat(appended())
        .containsExactly("{\"message\":\"Msg1\"}", "{\"message\":\"ž 2\",\"w\":2}");
  }

  @Test
  void forProgramsEachLineIsAnsweredByOneDocument() {
    String appended = "{\"sequence\":1,\"epoch\":1,\"satisfied\":true}";
    String list = "{\"messages\":[\"Msg1\"],\"from\":1,\"next\":2}";
    node.answers(201, JSON, appended)
        .answers(200, JSON, "{\"node\":\"m\",\"role\":\"MASTER\"}")
        .answers(200, JSON, list)
        .answers(200, JSON, "{\"node\":\"m\",\"role\":\"MASTER\"}\n");

    assertThat(client("Msg1\nlist\nhelp\nstatus\nw=x c\n", "--output", "json")).isEqualTo(1);

    assertThat(out.toString().lines())
        .containsExactly(appended, list, "{\"node\":\"m\",\"role\":\"MASTER\"}");
    assertThat(err.toString()).contains("w=N TEXT").contains("w is 'x'");
  }

  @Test
  void aWriteConcernAboveTheCopiesIsAll() {
    node.answers(200, JSON, clusterOf(3)).answers(201, JSON, "{\"sequence\":1}");
    assertThat(client("w=7 x\n")).isZero();
    assertThat(appended()).containsExactly("{\"message\":\"x\",\"w\":\"all\"}");
  }

  @Test
  void whereTheNodeDoesNotKnowTheCopiesTheRefusalTellsThem() {
    node.answers(200, JSON, "{\"node\":\"m\",\"role\":\"STANDBY\"}")
        .answers(
            400,
            PROBLEM,
            "{\"type\":\"urn:replog:problem:invalid-request\",\"title\":\"No\",\"w\":7,\"copies\":3}")
        .answers(201, JSON, "{\"sequence\":1}");
    assertThat(client("w=7 x\n")).isZero();
    assertThat(appended())
        .containsExactly("{\"message\":\"x\",\"w\":7}", "{\"message\":\"x\",\"w\":\"all\"}");
  }

  @Test
  void aLostAnswerIsAskedForAgainUnderTheSameKey() {
    node.breaksOffAfter(201, JSON, "{\"seq").answers(201, JSON, "{\"sequence\":1}");
    assertThat(client("x\n")).isZero();
    assertThat(
            node.requests().stream().map(request -> request.header("Idempotency-key")).distinct())
        .singleElement()
        .asString()
        .isNotEmpty();
    assertThat(node.requests()).hasSize(2);
  }

  @Test
  void whatWentWrongIsSaidAndTheNextLineIsDone() {
    node.answers(202, JSON, "{\"sequence\":1,\"epoch\":1,\"satisfied\":false}")
        .answers(
            421,
            PROBLEM,
            "{\"type\":\"urn:replog:problem:not-master\",\"title\":\"Not the"
                + " master\",\"active\":\"http://m:1\"}")
        .answers(201, JSON, "{\"sequence\":2}");
    assertThat(client("a\nb\nw=x c\nd\n", "--timeout", "10")).isEqualTo(3);
    assertThat(err.toString())
        .contains("message 1 is in the log and goes on to every node")
        .contains("the active master is at --url http://m:1")
        .contains("w is 'x'; it must be a number, majority or all");
    assertThat(out.toString()).contains("2 (epoch 0)");
  }

  @Test
  void aSecondaryIsListedByItsPlace() {
    node.answers(200, JSON, clusterOf(3));
    other.answers(200, NDJSON, "{\"sequence\":1,\"message\":\"Msg1\"}\n");
    assertThat(client("list sub1\n")).isZero();
    assertThat(out.toString().lines()).containsExactly("1  Msg1", "secondary-0 has 1 message");
  }

  @Test
  void aNodeThatIsNotThereIsNamedWithThoseThatAre() {
    node.answers(200, JSON, clusterOf(3)).answers(200, JSON, clusterOf(3));
    assertThat(client("list3\nlist2\n")).isEqualTo(1);
    assertThat(err.toString().lines().toList().getFirst())
        .contains("there is no node '3'", "master, sub1 (secondary-0), sub2", "w= list 3");
    assertThat(err.toString()).contains("cannot connect to http://127.0.0.1:1");
  }

  @Test
  void helpAndStatusAreThere() {
    node.answers(200, JSON, clusterOf(3));
    assertThat(client("help\nstatus\n")).isZero();
    assertThat(out.toString()).contains("w=N TEXT").contains("secondary-0").contains("READ_WRITE");
  }

  @Test
  void anInputThatIsNotTextEndsItByName() {
    CommandLine line = new CommandLine(new CommandsTest.Top());
    InputStream bad = new ByteArrayInputStream(new byte[] {(byte) 0xc3, 0x28, '\n'});
    line.addSubcommand(new ClientCommand(bad, () -> false));
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> Failure.report(failure, command.getErr()));
    line.setErr(new PrintWriter(err, true));
    assertThat(line.execute("client", "--url", node.url().toString())).isEqualTo(1);
    assertThat(err.toString()).contains("was not appended");
    assertThat(node.requests()).isEmpty();
  }

  @Test
  void typedLinesAreCompletedEditedAndRemembered(@TempDir Path home) throws IOException {
    Path history = Files.createFile(home.resolve("history"));
    assertThat(typed(history, "li\tma\t\r" + "hallo!\\\u001b[D\u001b[D\u001b[D\u007fe\r"))
        .containsExactly("list master ", "haleo!\\");
    String up = "\u001b[A";
    assertThat(typed(history, up + up + "\r" + "another\r"))
        .containsExactly("list master ", "another");
  }

  /** What a terminal's keys make, until the input ends. */
  private static List<String> typed(Path history, String keys) throws IOException {
    List<String> lines = new ArrayList<>();
    try (ExternalTerminal terminal =
        new ExternalTerminal(
            "test",
            "ansi",
            new ByteArrayInputStream((keys + "\u0004").getBytes(UTF_8)),
            new ByteArrayOutputStream(),
            UTF_8)) {
      TerminalLines source = new TerminalLines(terminal, history);
      for (String line = source.next(); line != null; line = source.next()) {
        lines.add(line);
      }
    }
    return lines;
  }
}
