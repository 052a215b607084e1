package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.replog.core.EntryWalk;
import io.replog.http.StreamMemory.Share;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What streams hold whose clients take their time, and that nothing is lost by holding less. */
class SlowStreamsTest {
  private static final int MOST = 4 << 20;

  @TempDir Path directory;
  private final StreamMemory memory = new StreamMemory(MOST);
  private FakeNode node;

  @BeforeEach
  void open() {
    node = new FakeNode(directory);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private ListChunks lines(long from, long end) {
    return new ListChunks(
        node.log(), new ListForm.Lines(), from, end, node.log().lastSequence(), memory.share());
  }

  /** One append of many messages, single ones, and one that is long as JSON. */
  private void fill() {
    String[] batch = Collections.nCopies(3000, "m".repeat(1000)).toArray(String[]::new);
    node.append(batch);
    for (int i = 0; i < 200; i++) {
      node.append("single " + i);
    }
    node.append("\u0001\u20ac".repeat(100_000));
    node.append(batch);
  }

  private static String rest(ListChunks list) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] piece = list.next(); piece != null; piece = list.next()) {
      all.writeBytes(piece);
    }
    list.closed();
    return all.toString(UTF_8);
  }

  @Test
  void manyStreamsTogetherHoldWhatIsTheirsAndNoMore() throws Exception {
    fill();
    String expected = rest(lines(1, node.log().lastSequence()));
    assertThat(memory.held()).isZero();
    int streams = 200;
    List<ListChunks> open = new ArrayList<>();
    List<ByteArrayOutputStream> taken = new ArrayList<>();
    for (int i = 0; i < streams; i++) {
      open.add(lines(1, node.log().lastSequence()));
      taken.add(new ByteArrayOutputStream());
    }
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < streams; i++) {
        taken.get(i).writeBytes(open.get(i).next());
        assertThat(memory.held()).isLessThan(MOST + streams * 17L * 1024);
      }
    }
    for (int i = 1; i < streams; i++) {
      open.get(i).closed();
    }
    ByteArrayOutputStream first = taken.getFirst();
    first.writeBytes(rest(open.getFirst()).getBytes(UTF_8));
    assertThat(first.toString(UTF_8)).isEqualTo(expected);
    assertThat(memory.held()).isZero();
  }

  /** The one beside is held by nobody, or this would need 600 MB. */
  @Test
  void theHeapHoldsWhatIsCounted() throws Exception {
    fill();
    long before = used();
    List<ListChunks> open = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      open.add(lines(1 + i, node.log().lastSequence()));
      assertThat(open.getLast().next()).isNotEmpty();
    }
    assertThat(used() - before).isLessThan(30 << 20);
    assertThat(open).hasSize(200);
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void aListThatReadsAgainInEveryPieceIsTheSame() throws Exception {
    fill();
    String expected = rest(lines(5, node.log().lastSequence()));
    Share hog = memory.share();
    hog.holds(MOST);
    ListChunks list = lines(5, node.log().lastSequence());

    byte[] first = list.next();

    assertThat(first.length).isBetween(StreamMemory.SHORTEST_PIECE, 17 << 10);
    assertThat(memory.held()).isEqualTo(MOST + first.length);
    assertThat(new String(first, UTF_8) + rest(list)).isEqualTo(expected);
    hog.close();
    assertThat(memory.held()).isZero();
  }

  @Test
  void aFewReadersHaveLongPieces() throws Exception {
    StreamMemory ample = new StreamMemory(32 << 20);
    Share hog = ample.share();
    hog.holds(16 << 20);
    assertThat(ample.share().piece()).isEqualTo(StreamMemory.LONGEST_PIECE);
    hog.holds(31 << 20);
    assertThat(ample.share().piece()).isEqualTo(16 << 10);
    hog.close();
    hog.holds(1);
    assertThat(ample.held()).isZero();
  }

  @Test
  void whatWasLetGoAndIsCutOffSinceIsMissed() throws Exception {
    node.append("a", "b", "c");
    LogEntries entries = new LogEntries(node.log(), 1, LogEntries.MANY);
    assertThat(entries.next(3).sequence()).isEqualTo(1);
    entries.letGo(false);
    assertThat(entries.kept()).isZero();
    assertThat(entries.next(3).sequence()).isEqualTo(2);
    entries.letGo(true);
    EntryWalk again = entries.current(3);
    assertThat(new String(again.bytes(), again.payloadAt(), again.payloadLength(), UTF_8))
        .isEqualTo("b");
    entries.letGo(true);
    node.cutAfter(0);
    assertThatThrownBy(() -> entries.current(0)).isInstanceOf(LogCutException.class);
    node.append("a", "B", "c");
    assertThatThrownBy(() -> entries.next(3)).isInstanceOf(LogCutException.class);
  }

  @Test
  void whatIsAllGoneThroughIsNotReadAgain() throws Exception {
    node.append("a");
    LogEntries entries = new LogEntries(node.log(), 1, LogEntries.MANY);
    assertThat(entries.next(1).sequence()).isEqualTo(1);
    assertThat(entries.next(1)).isNull();
    entries.letGo(false);
    node.append("b");
    assertThat(entries.next(2).sequence()).isEqualTo(2);
    entries.letGo(false);
    node.cutAfter(1);
    node.append("B");
    assertThatThrownBy(() -> entries.next(2)).isInstanceOf(LogCutException.class);
  }

  @Test
  void anAnswerThatIsAllThereHasRoomOrIsRefused() {
    Share one = memory.share();
    assertThat(one.tryHold(2 * MOST)).as("a single one always").isTrue();
    Share other = memory.share();
    assertThat(other.tryHold(1)).isFalse();
    assertThat(memory.held()).isEqualTo(2L * MOST);
    one.close();
    assertThat(other.tryHold(MOST / 2)).isTrue();
    assertThat(memory.share().tryHold(MOST)).isFalse();
    other.close();
    assertThat(memory.held()).isZero();
  }

  @Test
  void whoDoesNotTakeFramesHoldsThemAndGivesThemBackWhenHeGoes() throws Exception {
    try (Api api = Api.over(directory.resolve("api"))) {
      StreamMemory counted = api.bean(StreamMemory.class);
      api.node.append(Collections.nCopies(800, "m".repeat(10_000)).toArray(String[]::new));
      try (Socket socket = api.connect()) {
        socket.setReceiveBufferSize(4 << 10);
        byte[] request = "GET /frames HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8);
        socket.getOutputStream().write(request);
        await().until(() -> counted.held() > 7 << 20);
        await().during(Duration.ofMillis(500)).until(() -> counted.held() > 7 << 20);
      }
      await().until(() -> counted.held() == 0);
      assertThat(api.get("/frames").body()).hasSizeGreaterThan(7 << 20);
      await().until(() -> counted.held() == 0);
    }
  }
}
