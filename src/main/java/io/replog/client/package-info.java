/**
 * A Java client of a cluster, through the public HTTP API only. The command line uses it and
 * nothing else.
 *
 * <pre>{@code
 * import io.replog.client.Append;
 * import io.replog.client.Appended;
 * import io.replog.client.ClientException;
 * import io.replog.client.LostAnswerException;
 * import io.replog.client.ProblemException;
 * import io.replog.client.Read;
 * import io.replog.client.ReplogClient;
 * import java.net.URI;
 * import java.time.Duration;
 *
 * public final class Example {
 *   public static void main(String[] args) throws ClientException {
 *     try (ReplogClient client = new ReplogClient(URI.create(args[0]))) {
 *       Append order =
 *           Append.of("order 17").withW("majority").withTimeout(Duration.ofSeconds(5));
 *       try {
 *         // with a key it may be sent again: a repetition appends nothing
 *         Appended appended = client.append(order.withKey("order-17"));
 *         System.out.println(
 *             appended.lastSequence() + (appended.satisfied() ? "" : ", not yet on a majority"));
 *       } catch (ProblemException refused) {
 *         System.out.println("not appended: " + refused.problem().detail());
 *       } catch (LostAnswerException unknown) {
 *         System.out.println("perhaps appended; the same key again tells");
 *       }
 *       client.read(
 *           new Read(1, null, "majority"),
 *           entry -> System.out.println(entry.sequence() + " " + entry.message()));
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p><b>Errors</b> are one closed set, {@link io.replog.client.ClientException}: the node refused
 * ({@link io.replog.client.ProblemException}, nothing is in the log unless its status is 504 or
 * 500), it could not be reached ({@link io.replog.client.UnreachableException}, nothing was asked),
 * its answer was lost ({@link io.replog.client.LostAnswerException}, what it did is not known), or
 * something else answered ({@link io.replog.client.BadAnswerException}).
 *
 * <p><b>Nothing is repeated silently that could append twice.</b> An append is sent once, unless it
 * has a key; then it is sent again after a lost answer or a 504, {@link
 * io.replog.client.Limits#attempts} times in all. Reads go on where they were.
 *
 * <p><b>Waits</b> have limits ({@link io.replog.client.Limits}), with one exception: an append
 * without a timeout waits for its copies as long as it takes. An interrupt ends every wait. {@link
 * io.replog.client.ReplogClient#close} ends the calls that are under way.
 */
@NullMarked
package io.replog.client;

import org.jspecify.annotations.NullMarked;
