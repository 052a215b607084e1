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
import io.replog.replication.PeerMessage.Heads;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Standing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes what {@link FieldWriter} put, field by field. A field that reaches beyond the buffer is the
 * buffer's {@link java.nio.BufferUnderflowException}.
 */
final class FieldReader {
  private final ByteBuffer in;

  FieldReader(ByteBuffer in) {
    this.in = in;
  }

  boolean flag() throws MalformedMessageException {
    byte value = in.get();
    if (value != 0 && value != 1) {
      throw new MalformedMessageException("a flag in a message is " + (value & 0xff));
    }
    return value == 1;
  }

  long number() {
    return in.getLong();
  }

  UUID id() {
    return new UUID(in.getLong(), in.getLong());
  }

  @Nullable UUID idOrNull() throws MalformedMessageException {
    return flag() ? id() : null;
  }

  Hash hash() {
    return Hash.read(in);
  }

  @Nullable Hash hashOrNull() throws MalformedMessageException {
    return flag() ? hash() : null;
  }

  String text() throws MalformedMessageException {
    int length = count(FieldWriter.MAX_TEXT, "bytes of text");
    if (length > in.remaining()) {
      throw new MalformedMessageException("a text reaches beyond its message");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Nullable String textOrNull() throws MalformedMessageException {
    return flag() ? text() : null;
  }

  Reign reign() {
    return new Reign(id(), number(), id());
  }

  Membership membership() throws MalformedMessageException {
    Configuration committed = configuration();
    return new Membership(committed, flag() ? configuration() : null);
  }

  private Configuration configuration() throws MalformedMessageException {
    long epoch = number();
    long version = number();
    int count = count(FieldWriter.MAX_SEATS, "seats");
    List<Seat> seats = new ArrayList<>(Math.min(count, in.remaining()));
    for (int i = 0; i < count; i++) {
      seats.add(new Seat(text(), idOrNull(), text()));
    }
    try {
      return new Configuration(epoch, version, seats);
    } catch (IllegalArgumentException e) {
      throw new MalformedMessageException("no configuration: " + e.getMessage());
    }
  }

  Standing standing() throws MalformedMessageException {
    return new Standing(
        text(),
        id(),
        idOrNull(),
        number(),
        idOrNull(),
        number(),
        idOrNull(),
        start(),
        number(),
        hash(),
        number(),
        number(),
        hash(),
        membership(),
        textOrNull(),
        textOrNull());
  }

  Signed<Head> head() throws MalformedMessageException {
    String node = text();
    UUID cluster = id();
    long epoch = number();
    long number = number();
    long sequence = number();
    Hash hash = hash();
    try {
      return new Signed<>(new Head(node, cluster, epoch, number, sequence, hash), signature());
    } catch (IllegalArgumentException e) {
      throw new MalformedMessageException("no head: " + e.getMessage());
    }
  }

  List<Signed<Head>> heads() throws MalformedMessageException {
    int count = count(Heads.MOST, "heads");
    List<Signed<Head>> heads = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      heads.add(head());
    }
    return heads;
  }

  Signed<Attestation> attestation() throws MalformedMessageException {
    String node = text();
    UUID cluster = id();
    long sequence = number();
    long epoch = number();
    Hash hash = hash();
    try {
      return new Signed<>(new Attestation(node, cluster, sequence, epoch, hash), signature());
    } catch (IllegalArgumentException e) {
      throw new MalformedMessageException("no attestation: " + e.getMessage());
    }
  }

  Equivocation proof() throws MalformedMessageException {
    return Equivocation.of(statement(), statement())
        .orElseThrow(() -> new MalformedMessageException("no proof: the statements agree"));
  }

  private Signed<?> statement() throws MalformedMessageException {
    return flag() ? head() : attestation();
  }

  private Signature signature() {
    byte[] bytes = new byte[Signature.BYTES];
    in.get(bytes);
    return Signature.of(bytes);
  }

  LogStart start() {
    return new LogStart(number(), hash(), number(), number());
  }

  @Nullable LogStart startOrNull() throws MalformedMessageException {
    return flag() ? start() : null;
  }

  private int count(int limit, String of) throws MalformedMessageException {
    int value = in.getShort() & 0xffff;
    if (value > limit) {
      throw new MalformedMessageException(value + " " + of + " in a message, over " + limit);
    }
    return value;
  }
}
