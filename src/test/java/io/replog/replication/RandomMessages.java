package io.replog.replication;

import io.replog.core.Configuration;
import io.replog.core.Hash;
import io.replog.core.Membership;
import io.replog.core.Seat;
import io.replog.evidence.Attestation;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Head;
import io.replog.evidence.Signature;
import io.replog.evidence.Signed;
import io.replog.evidence.Statement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Messages with content by chance, of every type there is: a new one is met without being named
 * here.
 */
public final class RandomMessages {
  private static final String LETTERS = "abc-0189:/.\u00e9\u20ac\ud83d\ude00 \0\"";

  private final Random random;

  public RandomMessages(long seed) {
    random = new Random(seed);
  }

  /** Every type of message. */
  public static List<Class<?>> types() {
    return leaves(PeerMessage.class).distinct().toList();
  }

  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(RandomMessages::leaves)
        : Stream.of(type);
  }

  public PeerMessage next() {
    List<Class<?>> types = types();
    return next(types.get(random.nextInt(types.size())));
  }

  public PeerMessage next(Class<?> type) {
    return (PeerMessage) record(type);
  }

  public static PeerMessage.Standing standing(long seed) {
    return (PeerMessage.Standing) new RandomMessages(seed).record(PeerMessage.Standing.class);
  }

  /** A short message with a number to know it by. */
  public static PeerMessage.HashQuery numbered(long number) {
    return new PeerMessage.HashQuery(number);
  }

  private Object record(Class<?> type) {
    try {
      RecordComponent[] components = type.getRecordComponents();
      Class<?>[] types = new Class<?>[components.length];
      Object[] values = new Object[components.length];
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        boolean optional = components[i].getAnnotatedType().isAnnotationPresent(Nullable.class);
        values[i] = optional && random.nextBoolean() ? null : value(components[i].getGenericType());
      }
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /** A value, of what is in the brackets too where the type has some. */
  private Object value(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type inner = generic.getActualTypeArguments()[0];
      return generic.getRawType() == List.class
          ? Stream.generate(() -> value(inner)).limit(random.nextInt(5)).toList()
          : new Signed<>((Statement) value(inner), Signature.of(bytes(Signature.BYTES)));
    }
    return value((Class<?>) type);
  }

  private Head head(long number) {
    return new Head(
        "node-" + random.nextInt(9),
        new UUID(1, 2),
        3,
        number,
        place(),
        Hash.of(bytes(Hash.BYTES)));
  }

  private Attestation attestation(long sequence) {
    return new Attestation(
        "node-" + random.nextInt(9), new UUID(1, 2), sequence, place(), Hash.of(bytes(Hash.BYTES)));
  }

  private long place() {
    return random.nextLong(1, Long.MAX_VALUE);
  }

  /** Two statements of one node that differ where they must not. */
  private Equivocation proof() {
    Statement one = random.nextBoolean() ? head(place()) : attestation(place());
    Hash other = Hash.of(bytes(Hash.BYTES));
    Statement second =
        switch (one) {
          case Head head ->
              new Head(head.node(), head.cluster(), head.epoch(), head.number(), place(), other);
          case Attestation said ->
              new Attestation(said.node(), said.cluster(), said.sequence(), place(), other);
        };
    return new Equivocation(signed(one), signed(second));
  }

  private Signed<?> signed(Statement statement) {
    return new Signed<>(statement, Signature.of(bytes(Signature.BYTES)));
  }

  private Object value(Class<?> type) {
    if (type == long.class) {
      return random.nextLong() >>> random.nextInt(1, 64);
    } else if (type == boolean.class) {
      return random.nextBoolean();
    } else if (type == UUID.class) {
      return new UUID(random.nextLong(), random.nextLong());
    } else if (type == Hash.class) {
      return Hash.of(bytes(Hash.BYTES));
    } else if (type == String.class) {
      return text();
    } else if (type == ByteBuffer.class) {
      return ByteBuffer.wrap(bytes(random.nextInt(1, 2000))).asReadOnlyBuffer();
    } else if (type == Head.class) {
      return head(place());
    } else if (type == Attestation.class) {
      return attestation(place());
    } else if (type == Equivocation.class) {
      return proof();
    } else if (type == Membership.class) {
      return new Membership(configuration(), random.nextBoolean() ? null : configuration());
    } else if (type.isRecord()) {
      return record(type);
    }
    throw new AssertionError("no value of " + type);
  }

  private Configuration configuration() {
    List<Seat> seats = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      UUID store = random.nextBoolean() ? null : (UUID) value(UUID.class);
      seats.add(new Seat(i + text(), store, text()));
    }
    return new Configuration((Long) value(long.class), (Long) value(long.class), seats);
  }

  private String text() {
    int[] points = LETTERS.codePoints().toArray();
    return IntStream.range(0, random.nextInt(30))
        .map(i -> points[random.nextInt(points.length)])
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
