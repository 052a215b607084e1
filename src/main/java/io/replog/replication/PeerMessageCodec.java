package io.replog.replication;

import io.replog.replication.PeerMessage.Accuse;
import io.replog.replication.PeerMessage.Acknowledge;
import io.replog.replication.PeerMessage.Attest;
import io.replog.replication.PeerMessage.Certify;
import io.replog.replication.PeerMessage.Configure;
import io.replog.replication.PeerMessage.Diverged;
import io.replog.replication.PeerMessage.Failed;
import io.replog.replication.PeerMessage.Fenced;
import io.replog.replication.PeerMessage.Fetch;
import io.replog.replication.PeerMessage.Fetched;
import io.replog.replication.PeerMessage.Foreign;
import io.replog.replication.PeerMessage.HashAnswer;
import io.replog.replication.PeerMessage.HashQuery;
import io.replog.replication.PeerMessage.Heads;
import io.replog.replication.PeerMessage.Heartbeat;
import io.replog.replication.PeerMessage.Introduce;
import io.replog.replication.PeerMessage.Leave;
import io.replog.replication.PeerMessage.LeaveAnswer;
import io.replog.replication.PeerMessage.Promise;
import io.replog.replication.PeerMessage.Release;
import io.replog.replication.PeerMessage.Renounce;
import io.replog.replication.PeerMessage.Replicate;
import io.replog.replication.PeerMessage.Report;
import io.replog.replication.PeerMessage.Sync;
import io.replog.replication.PeerMessage.Vote;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The binary form of the messages between nodes, version {@value PeerHello#VERSION}. Each direction
 * of a stream is:
 *
 * <pre>
 * hello     see {@link PeerHello}
 * and for each message
 *   u32     length of what follows in bytes
 *   u8      type
 *   fields  in the order of the record's components: numbers u64, ids 16 bytes, hashes 32, flags one,
 *           texts u16 length and UTF-8, lists u16 count, a flag before what may be missing
 *   frames  the rest, as they lie in the log                   where the message has frames
 * </pre>
 *
 * All numbers are big-endian. They have a fixed width: what the two messages that every append
 * crosses the wire in ({@link Replicate}, {@link Acknowledge}) would save by varints is less than
 * the header of the packet that carries them.
 *
 * <p>Frames are never looked into here: they carry their own checksums, and are checked where they
 * are stored. So a message with frames that was cut off behind its fields is only found out by its
 * length, or by the frames.
 */
public final class PeerMessageCodec {
  /** Bytes of the length before a message. */
  public static final int LENGTH_BYTES = 4;

  /**
   * Longest message, without its length. A batch is one frame and travels whole: a request of 8 MiB
   * holds at most 2.8 million empty messages, which are 93 MB of hashes and lengths in the frame.
   * The rest is room for the frames before it in the same message.
   */
  public static final int MAX_BYTES = 128 << 20;

  private static final ByteBuffer NO_FRAMES = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private static final int INTRODUCE = 1;
  private static final int PROMISE = 2;
  private static final int SYNC = 3;
  private static final int REPLICATE = 4;
  private static final int HEARTBEAT = 5;
  private static final int CONFIGURE = 6;
  private static final int HASH_QUERY = 7;
  private static final int FETCH = 8;
  private static final int RELEASE = 9;
  private static final int RENOUNCE = 10;
  private static final int LEAVE_ANSWER = 11;
  private static final int CERTIFY = 12;
  private static final int HEADS = 33;
  private static final int ACCUSE = 34;
  private static final int REPORT = 65;
  private static final int VOTE = 66;
  private static final int ACKNOWLEDGE = 67;
  private static final int FENCED = 68;
  private static final int FOREIGN = 69;
  private static final int DIVERGED = 70;
  private static final int HASH_ANSWER = 71;
  private static final int FETCHED = 72;
  private static final int FAILED = 73;
  private static final int LEAVE = 74;
  private static final int ATTEST = 75;

  private PeerMessageCodec() {}

  /**
   * Bytes that {@link #encodeHead} writes: length, type and fields, everything but the frames.
   *
   * @throws IllegalArgumentException if the message is longer than {@value #MAX_BYTES}, or a text
   *     or a list in it longer than its limit
   */
  public static int headBytes(PeerMessage message) {
    FieldWriter counted = new FieldWriter(null);
    write(message, counted);
    long length = (long) counted.size() + frames(message).remaining();
    if (length > MAX_BYTES) {
      throw new IllegalArgumentException("a message of " + length + " bytes, over " + MAX_BYTES);
    }
    return LENGTH_BYTES + counted.size();
  }

  /**
   * The frames that follow a message's head, not to be written or moved; empty where it has none.
   */
  public static ByteBuffer frames(PeerMessage message) {
    return switch (message) {
      case Replicate m -> m.frames();
      case Fetched m -> m.frames();
      default -> NO_FRAMES;
    };
  }

  /**
   * Writes a message up to its frames, which the caller has to put behind it.
   *
   * @param headBytes what {@link #headBytes} says of the message
   * @param out with room for that many bytes
   */
  public static void encodeHead(PeerMessage message, int headBytes, ByteBuffer out) {
    out.putInt(headBytes - LENGTH_BYTES + frames(message).remaining());
    write(message, new FieldWriter(out));
  }

  private static void write(PeerMessage message, FieldWriter out) {
    switch (message) {
      case Replicate m ->
          out.type(REPLICATE)
              .reign(m.reign())
              .number(m.previousSequence())
              .hash(m.previousHash())
              .number(m.committedSequence())
              .flag(m.storedAwaited());
      case Acknowledge m ->
          out.type(ACKNOWLEDGE)
              .number(m.epoch())
              .id(m.store())
              .number(m.logEpoch())
              .number(m.receivedSequence())
              .number(m.storedSequence())
              .hash(m.storedHash())
              .number(m.durableSequence())
              .number(m.configurationEpoch())
              .number(m.configurationVersion())
              .number(m.round());
      case Introduce m ->
          out.type(INTRODUCE).text(m.node()).id(m.store()).text(m.url()).idOrNull(m.clusterId());
      case Promise m -> out.type(PROMISE).reign(m.reign()).flag(m.preVote());
      case Sync m ->
          out.type(SYNC)
              .reign(m.reign())
              .number(m.basedOnSequence())
              .hash(m.basedOnHash())
              .number(m.commonSequence())
              .hash(m.commonHash())
              .number(m.endSequence())
              .hash(m.endHash())
              .membership(m.membership())
              .startOrNull(m.begin());
      case Heartbeat m ->
          out.type(HEARTBEAT)
              .reign(m.reign())
              .text(m.node())
              .text(m.url())
              .number(m.committedSequence())
              .number(m.round())
              .number(m.keepFrom());
      case Configure m -> out.type(CONFIGURE).reign(m.reign()).membership(m.membership());
      case HashQuery m -> out.type(HASH_QUERY).number(m.sequence());
      case Fetch m -> out.type(FETCH).number(m.fromSequence());
      case Release m -> out.type(RELEASE).reign(m.reign());
      case Renounce m -> out.type(RENOUNCE).reign(m.reign()).id(m.discredited()).prose(m.why());
      case LeaveAnswer m ->
          out.type(LEAVE_ANSWER).reign(m.reign()).flag(m.mayStop()).prose(m.why());
      case Report m -> out.type(REPORT).standing(m.standing());
      case Vote m ->
          out.type(VOTE)
              .number(m.epoch())
              .flag(m.preVote())
              .flag(m.granted())
              .prose(m.reason())
              .standing(m.standing());
      case Fenced m -> out.type(FENCED).number(m.promisedEpoch()).idOrNull(m.promisedTo());
      case Foreign m -> out.type(FOREIGN).id(m.clusterId());
      case Diverged m ->
          out.type(DIVERGED).number(m.epoch()).number(m.sequence()).prose(m.detail());
      case HashAnswer m ->
          out.type(HASH_ANSWER).number(m.sequence()).hashOrNull(m.hash()).number(m.firstSequence());
      case Fetched m -> out.type(FETCHED).number(m.fromSequence()).standing(m.standing());
      case Failed m -> out.type(FAILED).number(m.epoch()).prose(m.why());
      case Leave m -> out.type(LEAVE).text(m.node()).id(m.store());
      case Certify m -> out.type(CERTIFY).reign(m.reign()).head(m.head());
      case Attest m -> out.type(ATTEST).attestation(m.said());
      case Heads m -> out.type(HEADS).heads(m.heads());
      case Accuse m -> out.type(ACCUSE).proof(m.proof());
    }
  }

  /**
   * Reads the message that fills a buffer, without its length.
   *
   * @param owned whether the buffer's array is the message's from now on; if not, frames are copied
   * @throws MalformedMessageException if it is none
   */
  public static PeerMessage decode(ByteBuffer in, boolean owned) throws MalformedMessageException {
    try {
      int type = in.get() & 0xff;
      PeerMessage message = read(type, in, owned);
      if (in.hasRemaining()) {
        throw new MalformedMessageException(
            in.remaining() + " bytes too many in a message of type " + type);
      }
      return message;
    } catch (BufferUnderflowException e) {
      throw new MalformedMessageException("a field reaches beyond its message");
    }
  }

  private static PeerMessage read(int type, ByteBuffer in, boolean owned)
      throws MalformedMessageException {
    FieldReader f = new FieldReader(in);
    return switch (type) {
      case REPLICATE ->
          new Replicate(f.reign(), f.number(), f.hash(), f.number(), f.flag(), frames(in, owned));
      case ACKNOWLEDGE -> acknowledge(f);
      case INTRODUCE -> new Introduce(f.text(), f.id(), f.text(), f.idOrNull());
      case PROMISE -> new Promise(f.reign(), f.flag());
      case SYNC ->
          new Sync(
              f.reign(),
              f.number(),
              f.hash(),
              f.number(),
              f.hash(),
              f.number(),
              f.hash(),
              f.membership(),
              f.startOrNull());
      case HEARTBEAT ->
          new Heartbeat(f.reign(), f.text(), f.text(), f.number(), f.number(), f.number());
      case CONFIGURE -> new Configure(f.reign(), f.membership());
      case HASH_QUERY -> new HashQuery(f.number());
      case FETCH -> new Fetch(f.number());
      case RELEASE -> new Release(f.reign());
      case RENOUNCE -> new Renounce(f.reign(), f.id(), f.text());
      case LEAVE_ANSWER -> new LeaveAnswer(f.reign(), f.flag(), f.text());
      case REPORT -> new Report(f.standing());
      case VOTE -> new Vote(f.number(), f.flag(), f.flag(), f.text(), f.standing());
      case FENCED -> new Fenced(f.number(), f.idOrNull());
      case FOREIGN -> new Foreign(f.id());
      case DIVERGED -> new Diverged(f.number(), f.number(), f.text());
      case HASH_ANSWER -> new HashAnswer(f.number(), f.hashOrNull(), f.number());
      case FETCHED -> fetched(f, in, owned);
      case FAILED -> new Failed(f.number(), f.text());
      case LEAVE -> new Leave(f.text(), f.id());
      case CERTIFY -> new Certify(f.reign(), f.head());
      case ATTEST -> new Attest(f.attestation());
      case HEADS -> new Heads(f.heads());
      case ACCUSE -> new Accuse(f.proof());
      default -> throw new MalformedMessageException("no message has type " + type);
    };
  }

  private static Acknowledge acknowledge(FieldReader f) {
    return new Acknowledge(
        f.number(),
        f.id(),
        f.number(),
        f.number(),
        f.number(),
        f.hash(),
        f.number(),
        f.number(),
        f.number(),
        f.number());
  }

  /** Frames are last on the wire, not last in the record. */
  private static Fetched fetched(FieldReader f, ByteBuffer in, boolean owned)
      throws MalformedMessageException {
    long fromSequence = f.number();
    PeerMessage.Standing standing = f.standing();
    return new Fetched(fromSequence, frames(in, owned), standing);
  }

  /** The rest of the buffer, which is moved to its end. */
  private static ByteBuffer frames(ByteBuffer in, boolean owned) {
    if (owned) {
      ByteBuffer frames = in.slice();
      in.position(in.limit());
      return frames;
    }
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return ByteBuffer.wrap(bytes);
  }
}
