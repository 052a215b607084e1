package io.replog.sim;

import io.replog.core.DamagedFrameException;
import io.replog.core.Entry;
import io.replog.core.Frame;
import io.replog.core.FrameCodec;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.evidence.Head;
import io.replog.evidence.NodeSigner;
import io.replog.evidence.Signed;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Acknowledge;
import io.replog.replication.PeerMessage.Certify;
import io.replog.replication.PeerMessage.HashAnswer;
import io.replog.replication.PeerMessage.Heads;
import io.replog.replication.PeerMessage.Replicate;
import io.replog.replication.PeerMessage.Report;
import io.replog.replication.PeerMessage.Standing;
import io.replog.replication.PeerMessage.Sync;
import io.replog.replication.PeerMessage.Vote;
import io.replog.storage.SegmentedLog;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The second history that a lying master shows to some of the secondaries: from one entry on every
 * message is another, with a chain of hashes of its own. What is sent to those nodes is put into
 * the words of the second history, and what they answer into those of the first, so that the
 * master's own program notices nothing.
 */
final class Twin {
  /** Added to the numbers of its heads, where the two histories are numbered apart. */
  private static final long APART = 1_000_000_000;

  private final SimNode liar;
  private final NodeSigner signer;
  private final Set<String> victims;
  private final long from;
  private final boolean numberedApart;
  private final HashChain chain = new HashChain();
  private final NavigableMap<Long, Hash> real = new TreeMap<>();
  private final NavigableMap<Long, Hash> other = new TreeMap<>();
  private final NavigableMap<Long, Frame> frames = new TreeMap<>();

  /**
   * @param victims who is shown the second history
   * @param from the first sequence that differs; nothing is there yet
   * @param numberedApart whether its heads have numbers that those of the first do not have
   */
  Twin(SimNode liar, NodeSigner signer, Set<String> victims, long from, boolean numberedApart) {
    this.liar = liar;
    this.signer = signer;
    this.victims = victims;
    this.from = from;
    this.numberedApart = numberedApart;
  }

  boolean isFor(String node) {
    return victims.contains(node);
  }

  /** What a victim is told in place of this. */
  PeerMessage told(PeerMessage message) {
    return switch (message) {
      case Sync sync ->
          new Sync(
              sync.reign(),
              sync.basedOnSequence(),
              otherHash(sync.basedOnSequence(), sync.basedOnHash()),
              sync.commonSequence(),
              otherHash(sync.commonSequence(), sync.commonHash()),
              sync.endSequence(),
              otherHash(sync.endSequence(), sync.endHash()),
              sync.membership(),
              sync.begin());
      case Replicate sent ->
          new Replicate(
              sent.reign(),
              sent.previousSequence(),
              otherHash(sent.previousSequence(), sent.previousHash()),
              sent.committedSequence(),
              sent.storedAwaited(),
              otherFrames(sent.frames()));
      case Certify certify -> new Certify(certify.reign(), otherHead(certify.head()));
      case Heads heads -> new Heads(heads.heads().stream().map(this::otherHead).toList());
      default -> message;
    };
  }

  /** What a victim's message has to be for the liar's program to believe it. */
  PeerMessage heard(PeerMessage message) {
    return switch (message) {
      case Report report -> new Report(realStanding(report.standing()));
      case Vote vote ->
          new Vote(
              vote.epoch(),
              vote.preVote(),
              vote.granted(),
              vote.reason(),
              realStanding(vote.standing()));
      case Acknowledge said ->
          new Acknowledge(
              said.epoch(),
              said.store(),
              said.logEpoch(),
              said.receivedSequence(),
              said.storedSequence(),
              realHash(said.storedSequence(), said.storedHash()),
              said.durableSequence(),
              said.configurationEpoch(),
              said.configurationVersion(),
              said.round());
      case HashAnswer answer -> {
        Hash hash = answer.hash();
        yield new HashAnswer(
            answer.sequence(),
            hash == null ? null : realHash(answer.sequence(), hash),
            answer.firstSequence());
      }
      default -> message;
    };
  }

  /** The same head for the second history; another's, and one before the fork, as it is. */
  Signed<Head> otherHead(Signed<Head> signed) {
    Head head = signed.statement();
    Hash hash = otherHash(head.sequence(), head.hash());
    if (!head.node().equals(liar.id()) || hash.equals(head.hash())) {
      return signed;
    }
    return signer.sign(
        new Head(
            head.node(),
            head.cluster(),
            head.epoch(),
            numberedApart ? head.number() + APART : head.number(),
            head.sequence(),
            hash));
  }

  private Hash otherHash(long sequence, Hash hash) {
    if (sequence < from) {
      return hash;
    }
    forge(sequence);
    return hash.equals(real.get(sequence)) ? other.getOrDefault(sequence, hash) : hash;
  }

  private Hash realHash(long sequence, Hash hash) {
    return hash.equals(other.get(sequence)) ? real.getOrDefault(sequence, hash) : hash;
  }

  private Standing realStanding(Standing standing) {
    return Liars.standing(
        standing,
        standing.lastSequence(),
        realHash(standing.lastSequence(), standing.lastHash()),
        standing.committedSequence(),
        realHash(standing.committedSequence(), standing.committedHash()));
  }

  private ByteBuffer otherFrames(ByteBuffer sent) {
    ByteBuffer in = sent.duplicate();
    ByteBuffer out = ByteBuffer.allocate(2 * sent.remaining() + 4096);
    try {
      while (in.hasRemaining()) {
        Frame frame = FrameCodec.decode(in);
        forge(frame.last().sequence());
        boolean forged = frame.last().hash().equals(real.get(frame.last().sequence()));
        Frame shown = forged ? frames.get(frame.first().sequence()) : frame;
        out.put((shown == null ? frame : shown).bytes().duplicate());
      }
    } catch (DamagedFrameException e) {
      throw new IllegalStateException(e);
    }
    return out.flip().asReadOnlyBuffer();
  }

  /** Makes the second history up to a sequence, out of what the liar's log has now. */
  private void forge(long upTo) {
    if (!liar.up()) {
      return;
    }
    SegmentedLog log = liar.directory().log();
    while (!real.isEmpty() && !isReal(log, real.lastEntry().getKey())) {
      long last = real.lastEntry().getKey();
      real.remove(last);
      other.remove(last);
      frames.remove(last);
    }
    long last = real.isEmpty() ? from - 1 : real.lastKey();
    while (last < upTo) {
      Frame frame = last < log.lastSequence() ? log.frameAt(last + 1).orElse(null) : null;
      Hash before = real.isEmpty() ? log.hashAt(last).orElse(null) : other.get(last);
      if (frame == null || before == null || frame.first().sequence() != last + 1) {
        return;
      }
      forge(frame, before);
      last = frame.last().sequence();
    }
  }

  private boolean isReal(SegmentedLog log, long sequence) {
    @Nullable Hash now = sequence <= log.lastSequence() ? log.hashAt(sequence).orElse(null) : null;
    return real.get(sequence) != null && real.get(sequence).equals(now);
  }

  private void forge(Frame frame, Hash before) {
    Entry first = frame.first();
    List<byte[]> payloads =
        frame.entries().stream()
            .map(entry -> (entry.message() + "~").getBytes(StandardCharsets.UTF_8))
            .toList();
    Frame forged =
        FrameCodec.encode(
            chain,
            before,
            first.sequence(),
            first.epoch(),
            first.timestamp(),
            first.key(),
            payloads);
    frame.entries().forEach(entry -> real.put(entry.sequence(), entry.hash()));
    forged.entries().forEach(entry -> other.put(entry.sequence(), entry.hash()));
    frames.put(first.sequence(), forged);
  }
}
