package io.replog.evidence;

/** What was signed, put together so that it proves something to whoever has the ring. */
public sealed interface Evidence permits Receipt, Equivocation {

  /** The form that {@link #parse} reads, one JSON object on one line. */
  String toJson();

  /**
   * Reads a receipt or a proof, whichever it is.
   *
   * @throws BadEvidenceException if it is neither, with what is wrong
   */
  static Evidence parse(String json) throws BadEvidenceException {
    JsonText text = JsonText.read(json);
    if (text.has("first") && text.has("second")) {
      return Equivocation.of(text);
    }
    return Receipt.of(text);
  }
}
