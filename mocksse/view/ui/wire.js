// The bytes of an answer, and what each of them is for: head, chunk framing, line ends, field names, or the payload.

const PAYLOAD = 0, HEAD = 1, FRAMING = 2, FIELD = 3, LINE_END = 4;
const CLASSES = ["", "head", "framing", "field", "eol"];

function bytesOf(step) {
  if (step.base64 !== undefined) return Uint8Array.from(atob(step.base64), (c) => c.charCodeAt(0));
  return new TextEncoder().encode(step.text || "");
}

/** A class for each byte of each step, read as a client reads them: head, then the body by its framing. */
class Wire {
  constructor(steps) {
    this.steps = steps;
    this.kinds = [];
    this.read = reader();
  }

  of(index) {
    while (this.kinds.length <= index) this.kinds.push(this.read(bytesOf(this.steps[this.kinds.length])));
    return { bytes: bytesOf(this.steps[index]), kinds: this.kinds[index] };
  }
}

function reader() {
  let head = "", inHead = true, chunked = false, events = false;
  let left = 0, line = "", wants = "size", lineStart = true, inField = false;
  const payload = (byte) => {
    if (!events) return PAYLOAD;
    if (byte === 10 || byte === 13) { lineStart = true; inField = false; return LINE_END; }
    if (lineStart) { lineStart = false; inField = true; }
    if (!inField) return PAYLOAD;
    if (byte === 58) inField = false;
    return FIELD;
  };
  const next = (byte) => {
    if (inHead) {
      head += String.fromCharCode(byte);
      if (head.endsWith("\r\n\r\n") || head.endsWith("\n\n")) {
        inHead = false;
        chunked = /^transfer-encoding:.*chunked/im.test(head);
        events = /^content-type:\s*text\/event-stream/im.test(head) && !/^content-encoding:\s*(?!identity)\S/im.test(head);
      }
      return HEAD;
    }
    if (!chunked) return payload(byte);
    if (wants === "data") {
      left -= 1;
      if (left === 0) wants = "end";
      return payload(byte);
    }
    if (wants === "rest") return FRAMING;
    if (byte !== 10) { line += String.fromCharCode(byte); return FRAMING; }
    if (wants === "end") wants = "size";
    else {
      left = parseInt(line, 16);
      wants = left > 0 ? "data" : "rest";
    }
    line = "";
    return FRAMING;
  };
  return (bytes) => Uint8Array.from(bytes, next);
}

const SHOWN = 6000;

/** The bytes as they can be read: what is not text as \xNN, line ends and framing made visible. */
function bytesView(bytes, kinds, all = false) {
  const out = h("pre", { class: "bytes", tabIndex: 0, "aria-label": "Raw bytes" });
  const end = all ? bytes.length : Math.min(bytes.length, SHOWN);
  const put = (text, name) => out.append(name ? h("span", { class: name }, text) : text);
  for (let i = 0; i < end;) {
    let j = i;
    while (j < end && kinds[j] === kinds[i]) j += 1;
    // A character of several bytes stays whole.
    while (j < bytes.length && (bytes[j] & 0xc0) === 0x80 && kinds[j] === kinds[i]) j += 1;
    for (const { text, name, newline } of pieces(bytes.subarray(i, j))) {
      put(text, [CLASSES[kinds[i]], name].filter(Boolean).join(" "));
      if (newline) put("\n");
    }
    i = j;
  }
  if (end < bytes.length) {
    out.append("\n", h("button", { type: "button", class: "quiet", onclick: () => out.replaceWith(bytesView(bytes, kinds, true)) },
      `${bytesText(bytes.length - end)} more`));
  }
  return out;
}

/** Text, control characters and bytes that are no UTF-8, apart. */
function* pieces(bytes) {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let from = 0;
  const text = (upto) => {
    const part = bytes.subarray(from, upto);
    try { return [{ text: decoder.decode(part), name: "" }]; } catch {
      return Array.from(part, (byte) => byte < 128 && byte > 31 ? { text: String.fromCharCode(byte), name: "" } : raw(byte));
    }
  };
  const raw = (byte) => ({ text: `\\x${byte.toString(16).padStart(2, "0")}`, name: "raw" });
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte > 31 && byte !== 127) continue;
    if (i > from) yield* text(i);
    from = i + 1;
    const newline = byte === 10 || (byte === 13 && bytes[i + 1] !== 10 && i + 1 < bytes.length);
    if (byte === 10 || byte === 13) yield { text: byte === 10 ? "\\n" : "\\r", name: "sign", newline };
    else yield byte === 9 ? { text: "\\t", name: "sign" } : raw(byte);
  }
  if (from < bytes.length) yield* text(bytes.length);
}
