package io.replog.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.replog.evidence.Attestation;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Head;
import io.replog.evidence.KeyRing;
import io.replog.evidence.Receipt;
import io.replog.evidence.Signed;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What became of the check of a receipt or a proof, for people and for programs.
 *
 * @param type of the evidence
 * @param lines what it says, for people
 * @param facts what it says, for programs: texts, whole numbers, lists of texts
 * @param faults why it proves nothing; empty if it holds
 * @param conclusion what it proves if it holds
 */
record EvidenceFindings(
    String type,
    List<String> lines,
    Map<String, Object> facts,
    List<String> faults,
    String conclusion) {
  private static final int LONGEST_SHOWN = 200;

  /**
   * Of a receipt.
   *
   * @param message what it has to be of, null for whatever it is of
   */
  static EvidenceFindings of(Receipt receipt, KeyRing ring, @Nullable String message) {
    Receipt.Verdict verdict = receipt.verify(ring);
    List<String> faults = new ArrayList<>(verdict.faults());
    if (message != null && !message.equals(receipt.message())) {
      faults.add("it is of another message than the one that is given");
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "entry %d of epoch %d in cluster %s, %s"
            .formatted(
                receipt.sequence(),
                receipt.epoch(),
                receipt.cluster(),
                Instant.ofEpochMilli(receipt.timestamp())));
    lines.add("message " + shown(receipt.message()));
    lines.add("hash " + receipt.hash());
    verdict.attested().forEach(node -> lines.add(node + " attests it"));
    verdict.discarded().forEach(why -> lines.add(why + ", and does not count"));
    Map<String, Object> facts = new TreeMap<>();
    facts.put("cluster", receipt.cluster().toString());
    facts.put("sequence", receipt.sequence());
    facts.put("epoch", receipt.epoch());
    facts.put("message", receipt.message());
    facts.put("hash", receipt.hash().toString());
    facts.put("needed", (long) verdict.needed());
    facts.put("attested", verdict.attested());
    facts.put("discarded", verdict.discarded());
    return new EvidenceFindings(
        Receipt.TYPE,
        lines,
        facts,
        faults,
        "The receipt holds: %d of %d nodes attest it, %d are needed"
            .formatted(verdict.attested().size(), ring.size(), verdict.needed()));
  }

  /** Of a proof. */
  static EvidenceFindings of(Equivocation proof, KeyRing ring) {
    Map<String, Object> facts = new TreeMap<>();
    facts.put("node", proof.node());
    facts.put("epoch", proof.epoch());
    facts.put("kind", proof.kind().text());
    return new EvidenceFindings(
        Equivocation.TYPE,
        List.of("first: " + said(proof.first()), "second: " + said(proof.second())),
        facts,
        proof.faults(ring),
        "The proof holds: " + proof.node() + " has signed both, and one is a lie");
  }

  private static String said(Signed<?> signed) {
    String what =
        switch (signed.statement()) {
          case Head head -> "head %d of epoch %d:".formatted(head.number(), head.epoch());
          case Attestation said -> "attestation, epoch %d:".formatted(said.epoch());
        };
    return "%s %s entry %d has hash %s"
        .formatted(
            signed.statement().node(),
            what,
            signed.statement().sequence(),
            signed.statement().hash());
  }

  /** On one line, and nothing in it that a terminal would obey. */
  private static String shown(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ");
    int end = Math.min(line.length(), LONGEST_SHOWN);
    return end == line.length() ? line : line.substring(0, end) + "…";
  }

  boolean holds() {
    return faults.isEmpty();
  }

  void print(PrintWriter out, PrintWriter err) {
    lines.forEach(out::println);
    if (holds()) {
      out.println(conclusion);
      return;
    }
    out.flush();
    faults.forEach(fault -> err.println("replog: " + fault));
    err.println(
        "replog: the %s does not hold".formatted(type.equals(Receipt.TYPE) ? type : "proof"));
  }

  String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("type", type);
      json.writeBooleanField("holds", holds());
      for (Map.Entry<String, Object> fact : facts.entrySet()) {
        switch (fact.getValue()) {
          case Long number -> json.writeNumberField(fact.getKey(), number);
          case List<?> items -> write(json, fact.getKey(), items);
          case Object other -> json.writeStringField(fact.getKey(), other.toString());
        }
      }
      write(json, "faults", faults);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("JSON into memory", e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, String name, List<?> items) throws IOException {
    json.writeArrayFieldStart(name);
    for (Object item : items) {
      json.writeString(item.toString());
    }
    json.writeEndArray();
  }
}
