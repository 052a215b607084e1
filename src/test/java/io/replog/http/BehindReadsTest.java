package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a client asks for ahead, behind what it has not been answered. */
@Timeout(60)
class BehindReadsTest {
  private final Reads reads = new Reads();
  private final EmbeddedChannel channel = channel();

  /** How often more was asked of the connection. */
  private static final class Reads extends ChannelOutboundHandlerAdapter {
    private int count;

    @Override
    public void read(ChannelHandlerContext context) {
      count++;
    }
  }

  private EmbeddedChannel channel() {
    EmbeddedChannel made = new EmbeddedChannel();
    made.config().setAutoRead(false);
    made.pipeline().addLast(reads, new BehindReads());
    return made;
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private static HttpRequest head(HttpMethod method, String uri) {
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, uri);
  }

  private void ask(HttpMethod method, String... uris) {
    for (String uri : uris) {
      channel.writeInbound(head(method, uri), LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  private void answer() {
    answer(HttpResponseStatus.OK);
  }

  private void answer(HttpResponseStatus status) {
    channel.writeOutbound(
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER));
  }

  /** What was let through since this was asked last. */
  private List<String> begun() {
    channel.runPendingTasks();
    List<String> begun = new ArrayList<>();
    for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
      if (next instanceof HttpRequest request) {
        begun.add(request.uri());
      }
    }
    return begun;
  }

  @Test
  void appendsBehindAppendsPassAtOnce() {
    ask(HttpMethod.POST, "1", "2", "3");
    assertThat(begun()).containsExactly("1", "2", "3");
  }

  @Test
  void whatIsBehindAReadIsBegunWhenThatIsAnswered() {
    ask(HttpMethod.POST, "1");
    ask(HttpMethod.GET, "2", "3");
    ask(HttpMethod.POST, "4", "5");
    ask(HttpMethod.HEAD, "6");
    ask(HttpMethod.POST, "7");
    assertThat(begun()).containsExactly("1", "2");
    answer();
    assertThat(begun()).as("the read itself is not answered").isEmpty();
    answer();
    assertThat(begun()).containsExactly("3");
    answer();
    assertThat(begun()).containsExactly("4", "5", "6");
    answer();
    answer();
    answer();
    ask(HttpMethod.POST, "8");
    assertThat(begun()).containsExactly("7", "8");
  }

  @Test
  void anAppendThatIsAnsweredWithTheListIsARead() {
    HttpRequest append = head(HttpMethod.POST, "1");
    append.headers().set("Prefer", "return=representation");
    channel.writeInbound(append, LastHttpContent.EMPTY_LAST_CONTENT);
    ask(HttpMethod.POST, "2");
    assertThat(begun()).containsExactly("1");
  }

  @Test
  void aWordBeforeTheAnswerIsNoneAndNeitherIsItsBeginning() {
    ask(HttpMethod.GET, "1", "2");
    answer(HttpResponseStatus.CONTINUE);
    channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
    assertThat(begun()).containsExactly("1");
    channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(begun()).containsExactly("2");
  }

  /** Such as a word to a client that is too slow, beside the answer that comes later. */
  @Test
  void anAnswerThatNobodyAskedForHoldsNothingUp() {
    answer();
    ask(HttpMethod.GET, "1", "2");
    answer();
    assertThat(begun()).containsExactly("1", "2");
  }

  @Test
  void nothingIsBegunBehindAnAnswerThatEndsTheConnection() {
    ask(HttpMethod.HEAD, "1", "2");
    DefaultHttpResponse last = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    last.headers().set("Connection", "close");
    channel.writeOutbound(last, LastHttpContent.EMPTY_LAST_CONTENT);
    ask(HttpMethod.POST, "3");
    assertThat(begun()).containsExactly("1");
  }

  /** So a client that goes away while its read waits is noticed as long as it asks for no more. */
  @Test
  void theConnectionIsReadUnlessSomethingIsHeld() {
    ask(HttpMethod.GET, "1");
    channel.read();
    assertThat(reads.count).isEqualTo(1);
    ask(HttpMethod.POST, "2");
    channel.read();
    assertThat(reads.count).isEqualTo(1);
    answer();
    assertThat(begun()).containsExactly("1", "2");
    assertThat(reads.count).as("what was asked for meanwhile").isEqualTo(2);
    channel.read();
    assertThat(reads.count).isEqualTo(3);
  }

  @Test
  void nothingIsBegunWhileAnswersWaitToBeTaken() {
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
    ask(HttpMethod.GET, "1", "2");
    var _ =
        channel.write(
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.OK,
                Unpooled.wrappedBuffer(new byte[1000])));
    assertThat(begun()).containsExactly("1");
    channel.flush();
    assertThat(begun()).containsExactly("2");
  }

  @Test
  void whoAsksForTooMuchAheadIsCutOffAndNothingIsKept() {
    ask(HttpMethod.GET, "1");
    ByteBuf body = Unpooled.buffer().writeByte('x');
    channel.writeInbound(
        head(HttpMethod.POST, "2"),
        new DefaultHttpContent(body),
        LastHttpContent.EMPTY_LAST_CONTENT);
    for (int i = 3; i <= 64; i++) {
      ask(HttpMethod.GET, "more");
    }
    assertThat(channel.isOpen()).isTrue();
    ask(HttpMethod.GET, "65");
    assertThat(channel.isOpen()).isFalse();
    assertThat(begun()).containsExactly("1");
    assertThat(body.refCnt()).isZero();
  }

  @Test
  void aBodyThatComesInManyPiecesIsNotHeldBesideThem() {
    ask(HttpMethod.GET, "1");
    channel.writeInbound(head(HttpMethod.POST, "2"));
    List<ByteBuf> pieces = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      assertThat(channel.isOpen()).isTrue();
      pieces.add(Unpooled.buffer().writeByte('x'));
      channel.writeInbound(new DefaultHttpContent(pieces.getLast()));
    }
    assertThat(channel.isOpen()).isFalse();
    assertThat(pieces).allMatch(piece -> piece.refCnt() == 0);
  }

  @Test
  void theBodyOfAReadIsLetGo() {
    ByteBuf first = Unpooled.buffer().writeByte('x');
    ByteBuf second = Unpooled.buffer().writeByte('y');
    channel.writeInbound(
        head(HttpMethod.GET, "1"),
        new DefaultHttpContent(first),
        new DefaultLastHttpContent(second));
    assertThat(first.refCnt()).isZero();
    assertThat(second.refCnt()).isZero();
    assertThat(channel.<HttpRequest>readInbound().uri()).isEqualTo("1");
    assertThat(channel.<Object>readInbound()).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(channel.<Object>readInbound()).isNull();
  }

  @Test
  void theBodyOfAReadThatIsBrokenIsSaidToBe() {
    ask(HttpMethod.POST, "1");
    DefaultHttpContent broken = new DefaultLastHttpContent();
    broken.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("no chunk")));
    channel.writeInbound(head(HttpMethod.GET, "2"), broken);
    assertThat(channel.inboundMessages()).hasSize(4).last().isSameAs(broken);
  }

  @Test
  void answersComeInTheirOrder(@TempDir Path directory) throws Exception {
    try (Api api = Api.over(directory);
        Socket socket = api.connect()) {
      String poll = "GET /messages?from=1&wait=20000 HTTP/1.1\r\nHost: x\r\n\r\n";
      String append =
          "POST /messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
              + "Content-Length: 21\r\n\r\n{\"message\":\"m\",\"w\":1}";
      String last = poll.replace("Host", "Connection: close\r\nHost");
      String asked = poll + poll + append + append + poll.replace("=1&", "=2&") + last;
      socket.getOutputStream().write(asked.getBytes(UTF_8));
      await().until(() -> api.node.listeners() > 0);
      assertThat(api.get("/health/liveness").status()).isEqualTo(200);
      assertThat(api.node.listeners()).as("polls that are begun").isEqualTo(1);
      assertThat(api.node.appends).isEmpty();

      api.node.append("first");

      String answers = new String(socket.getInputStream().readAllBytes(), UTF_8);
      assertThat(answers.split("HTTP/1.1 "))
          .extracting(answer -> answer.replaceFirst("(?s)\r\n.*\r\n\r\n", " "))
          .satisfiesExactly(
              none -> assertThat(none).isEmpty(),
              one -> assertThat(one).startsWith("200 OK {\"messages\":[\"first\"],"),
              two -> assertThat(two).startsWith("200 OK {\"messages\":[\"first\"],"),
              three -> assertThat(three).startsWith("201 Created {\"sequence\":2,"),
              four -> assertThat(four).startsWith("201 Created {\"sequence\":3,"),
              five ->
                  assertThat(five).startsWith("200 OK {\"messages\":[\"m\"").contains("from\":2"),
              six -> assertThat(six).startsWith("200 OK {\"messages\":[\"first\",\"m\",\"m\"]"));
    }
  }
}
