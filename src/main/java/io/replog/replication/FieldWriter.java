package io.replog.replication;

import io.replog.core.Configuration;
import io.replog.core.Hash;
import io.replog.core.LogStart;
import io.replog.core.Membership;
import io.replog.core.Seat;
import io.replog.evidence.Attestation;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Head;
import io.replog.evidence.Signature;
import io.replog.evidence.Signed;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Standing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Puts fields into a buffer; without a buffer it only counts their bytes. */
final class FieldWriter {
  /** Longest node id or URL, in bytes of UTF-8. */
  static final int MAX_TEXT = 4096;

  /** Longest text for people, in characters; the rest is cut off. */
  static final int MAX_PROSE = 1000;

  /** Most seats of a configuration, ten times the highest write concern. */
  static final int MAX_SEATS = 10_000;

  private final @Nullable ByteBuffer out;
  private int size;

  FieldWriter(@Nullable ByteBuffer out) {
    this.out = out;
  }

  /** Bytes so far. */
  int size() {
    return size;
  }

  FieldWriter type(int type) {
    size++;
    if (out != null) {
      out.put((byte) type);
    }
    return this;
  }

  FieldWriter flag(boolean value) {
    return type(value ? 1 : 0);
  }

  FieldWriter number(long value) {
    size += Long.BYTES;
    if (out != null) {
      out.putLong(value);
    }
    return this;
  }

  FieldWriter id(UUID value) {
    return number(value.getMostSignificantBits()).number(value.getLeastSignificantBits());
  }

  FieldWriter idOrNull(@Nullable UUID value) {
    return value == null ? flag(false) : flag(true).id(value);
  }

  FieldWriter hash(Hash value) {
    size += Hash.BYTES;
    if (out != null) {
      value.write(out);
    }
    return this;
  }

  FieldWriter hashOrNull(@Nullable Hash value) {
    return value == null ? flag(false) : flag(true).hash(value);
  }

  FieldWriter text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_TEXT) {
      throw new IllegalArgumentException(
          "a text of " + bytes.length + " bytes in a message, over " + MAX_TEXT);
    }
    size += Short.BYTES + bytes.length;
    if (out != null) {
      out.putShort((short) bytes.length).put(bytes);
    }
    return this;
  }

  FieldWriter textOrNull(@Nullable String value) {
    return value == null ? flag(false) : flag(true).text(value);
  }

  /**
   * A text for people, cut where it is too long: what it says matters less than that it arrives.
   */
  FieldWriter prose(String value) {
    return text(value.length() <= MAX_PROSE ? value : value.substring(0, MAX_PROSE));
  }

  FieldWriter reign(Reign value) {
    return id(value.clusterId()).number(value.epoch()).id(value.store());
  }

  FieldWriter start(LogStart value) {
    return number(value.sequence())
        .hash(value.hashBefore())
        .number(value.epochBefore())
        .number(value.timestampBefore());
  }

  FieldWriter startOrNull(@Nullable LogStart value) {
    return value == null ? flag(false) : flag(true).start(value);
  }

  FieldWriter membership(Membership value) {
    configuration(value.committed());
    Configuration proposed = value.proposed();
    return proposed == null ? flag(false) : flag(true).configuration(proposed);
  }

  private FieldWriter configuration(Configuration value) {
    int seats = value.seats().size();
    if (seats > MAX_SEATS) {
      throw new IllegalArgumentException("a configuration of " + seats + " seats");
    }
    number(value.epoch()).number(value.version());
    size += Short.BYTES;
    if (out != null) {
      out.putShort((short) seats);
    }
    for (Seat seat : value.seats()) {
      text(seat.node()).idOrNull(seat.store()).text(seat.url());
    }
    return this;
  }

  FieldWriter head(Signed<Head> value) {
    Head head = value.statement();
    return text(head.node())
        .id(head.cluster())
        .number(head.epoch())
        .number(head.number())
        .number(head.sequence())
        .hash(head.hash())
        .signature(value.signature());
  }

  FieldWriter heads(List<Signed<Head>> values) {
    size += Short.BYTES;
    if (out != null) {
      out.putShort((short) values.size());
    }
    values.forEach(this::head);
    return this;
  }

  FieldWriter attestation(Signed<Attestation> value) {
    Attestation said = value.statement();
    return text(said.node())
        .id(said.cluster())
        .number(said.sequence())
        .number(said.epoch())
        .hash(said.hash())
        .signature(value.signature());
  }

  /** A flag before each statement: whether it is a head. */
  FieldWriter proof(Equivocation value) {
    return statement(value.first()).statement(value.second());
  }

  private FieldWriter statement(Signed<?> value) {
    return switch (value.statement()) {
      case Head head -> flag(true).head(new Signed<>(head, value.signature()));
      case Attestation said -> flag(false).attestation(new Signed<>(said, value.signature()));
    };
  }

  private FieldWriter signature(Signature value) {
    size += Signature.BYTES;
    if (out != null) {
      out.put(value.bytes());
    }
    return this;
  }

  FieldWriter standing(Standing value) {
    return text(value.node())
        .id(value.store())
        .idOrNull(value.clusterId())
        .number(value.promisedEpoch())
        .idOrNull(value.promisedTo())
        .number(value.logEpoch())
        .idOrNull(value.logEpochStore())
        .start(value.start())
        .number(value.lastSequence())
        .hash(value.lastHash())
        .number(value.durableSequence())
        .number(value.committedSequence())
        .hash(value.committedHash())
        .membership(value.membership())
        .textOrNull(value.activeNode())
        .textOrNull(value.activeUrl());
  }
}
