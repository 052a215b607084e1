package io.replog.cli;

import io.replog.evidence.BadEvidenceException;
import io.replog.evidence.BadKeyException;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Evidence;
import io.replog.evidence.KeyRing;
import io.replog.evidence.Receipt;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code replog verify-receipt}. */
@Command(
    name = "verify-receipt",
    description =
        "Checks without any node what was signed: the receipt of an entry, or the proof that a node"
            + " has lied.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Exit codes: 0 it holds, 1 it does not, or is no receipt or proof, 2 wrong usage, or a file"
          + " or key that cannot be read."
    })
final class VerifyReceiptCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";
  private static final int LONGEST = 32 << 20;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "FILE|-",
      description =
          "The answer of GET /messages/N/receipt, or a member of evidence in that of GET /cluster;"
              + " -: the standard input.")
  private String file = STANDARD_INPUT;

  @Option(
      names = "--keys",
      paramLabel = "DIR",
      required = true,
      description = "The public keys of the cluster's nodes, NODE.pub each.")
  private @Nullable Path keys;

  @Option(
      names = "--message",
      paramLabel = "TEXT",
      description = "The message that the receipt has to be of.")
  private @Nullable String message;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "text (default): what was found; json: the same for a program.")
  private OutputFormat output = OutputFormat.text;

  @Override
  public Integer call() {
    CommandSpec command = Objects.requireNonNull(spec);
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    try {
      KeyRing ring = KeyRing.read(Objects.requireNonNull(keys));
      EvidenceFindings findings = findings(command, Evidence.parse(text()), ring);
      if (output == OutputFormat.json) {
        out.println(findings.json());
      } else {
        findings.print(out, err);
      }
      return findings.holds() ? ExitCodes.DONE : ExitCodes.FAILED;
    } catch (BadEvidenceException e) {
      throw new CommandFailedException(name() + " is no receipt or proof: " + e.getMessage());
    } catch (BadKeyException e) {
      err.println("replog: " + e.getMessage());
      return ExitCodes.USAGE;
    } catch (IOException e) {
      err.println("replog: cannot read " + name() + ": " + e);
      return ExitCodes.USAGE;
    }
  }

  private EvidenceFindings findings(CommandSpec command, Evidence evidence, KeyRing ring) {
    return switch (evidence) {
      case Receipt receipt -> EvidenceFindings.of(receipt, ring, message);
      case Equivocation proof -> {
        if (message != null) {
          throw new ParameterException(
              command.commandLine(), "--message is for a receipt; " + name() + " is a proof");
        }
        yield EvidenceFindings.of(proof, ring);
      }
    };
  }

  private String text() throws IOException, BadEvidenceException {
    byte[] bytes;
    try (InputStream in =
        file.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(file))) {
      bytes = in.readNBytes(LONGEST + 1);
    }
    if (bytes.length > LONGEST) {
      throw new BadEvidenceException("more than " + LONGEST + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new BadEvidenceException("not UTF-8", e);
    }
  }

  private String name() {
    return file.equals(STANDARD_INPUT) ? "the standard input" : file;
  }
}
