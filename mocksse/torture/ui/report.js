"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const MARKS = {PASS: "✓", FAIL: "✗", TIMEOUT: "∞", "NON-STRICT": "○", INFO: "i", SKIP: "–", "NOT JUDGED": "?"};
  const SAYS = {
    PASS: "as it has to be", FAIL: "failed", TIMEOUT: "came to no end", "NON-STRICT": "not as the standard has it",
    INFO: "undecided", SKIP: "not played", "NOT JUDGED": "not judged",
  };
  const WRONG = {
    silent: "a wrong answer, without a word", money: "asked again where that costs money or harm", hang: "no end",
    crash: "crashed, or what it said is no result", loud: "an error where the answer was whole", late: "took too long",
    rude: "came back too soon, too often, or not as it was told", unclear: "an error that does not say what happened",
  };
  const byId = (id) => document.getElementById(id);
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "onclick") made.addEventListener("click", value);
      else if (value !== null) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  };
  const classOf = (status) => `cell ${status.replace(" ", "-")}`;
  const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
  const seconds = (value) => (value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(2)} s`);

  const cases = new Map();
  for (const report of data.reports) {
    report.byId = new Map(report.cases.map((one) => [one.id, one]));
    for (const one of report.cases) if (!cases.has(one.id)) cases.set(one.id, one);
  }
  const families = ["transport", "framing", "payload", "http", "reconnection", "quirks"];
  const ordered = [...cases.values()].sort(
    (a, b) => families.indexOf(a.id.split("/")[0]) - families.indexOf(b.id.split("/")[0]) || (a.number ?? 999) - (b.number ?? 999),
  );

  const options = data.options;
  byId("about").textContent =
    `${plural(ordered.length, "case")} of how streams of language models break, played to ` +
    `${plural(data.reports.length, "client")} by ${data.by}` +
    `${options.strict ? ", strictly" : ""}. Behind each cell is what was sent, and what came of it.`;

  const ORDER = ["PASS", "INFO", "NON-STRICT", "NOT JUDGED", "TIMEOUT", "FAIL", "SKIP"];
  for (const report of data.reports) {
    const counted = ORDER.filter((status) => status !== "SKIP").map((status) => [status, report.counts[status]]);
    const all = counted.reduce((sum, [, count]) => sum + count, 0) || 1;
    const silent = report.cases.filter((one) => one.wrong === "silent" && ["FAIL", "TIMEOUT"].includes(one.status)).length;
    const failed = report.counts.FAIL + report.counts.TIMEOUT;
    const bar = element("div", {class: "bar", role: "img", "aria-label": counted.map(([s, n]) => `${n} ${s}`).join(", ")});
    for (const [status, count] of counted) {
      const part = element("span", {class: status.replace(" ", "-")});
      part.style.width = `${(100 * count) / all}%`;
      part.style.background = `var(--bar, ${status === "PASS" ? "var(--pass)" : status === "FAIL" || status === "TIMEOUT" ? "var(--fail-soft)" : status === "NON-STRICT" ? "var(--odd)" : status === "INFO" ? "var(--info)" : "var(--none)"})`;
      bar.append(part);
    }
    byId("clients").append(
      element("article", {class: "client"},
        element("h2", {}, report.client),
        element("p", {}, `${report.api}${report.version ? ` · ${report.version}` : ""} · ${seconds(report.seconds)}`),
        bar,
        element("p", {class: "silent"}, failed ? `${failed} failed, ${silent} of them without a word` : "nothing failed"),
        element("p", {}, counted.filter(([s, n]) => n && !["FAIL", "TIMEOUT"].includes(s)).map(([s, n]) => `${n} ${s}`).join(" · ")),
      ),
    );
  }
  for (const trouble of data.troubles) {
    byId("clients").append(element("article", {class: "client trouble"}, element("p", {}, trouble)));
  }
  for (const status of Object.keys(MARKS)) {
    byId("legend").append(element("li", {}, element("span", {class: classOf(status)}, MARKS[status]), SAYS[status]));
  }

  const head = element("tr", {}, element("th", {scope: "col"}, "case"));
  for (const report of data.reports) {
    head.append(element("th", {scope: "col"}, element("span", {}, report.client, element("small", {}, `  ${report.api}`))));
  }
  const body = element("tbody");
  let family = "";
  for (const one of ordered) {
    if (one.id.split("/")[0] !== family) {
      family = one.id.split("/")[0];
      body.append(element("tr", {class: "family"}, element("th", {colspan: String(data.reports.length + 1), scope: "rowgroup"}, family)));
    }
    const row = element("tr", {},
      element("th", {scope: "row", title: one.source},
        element("span", {class: "number"}, one.number === null ? "" : String(one.number)),
        element("span", {class: "grade"}, `${one.level} ${one.severity}`),
        element("code", {}, one.id.split("/")[1]),
        element("small", {}, one.title),
      ),
    );
    row.dataset.failed = String(data.reports.some((report) => ["FAIL", "TIMEOUT"].includes(report.byId.get(one.id)?.status)));
    for (const report of data.reports) row.append(element("td", {}, cellOf(report, one)));
    body.append(row);
  }
  byId("matrix").append(element("thead", {}, head), body);
  byId("worst").addEventListener("change", (event) => {
    for (const row of body.rows) row.hidden = event.target.checked && row.dataset.failed === "false";
  });

  function cellOf(report, one) {
    const found = report.byId.get(one.id);
    if (!found) return "";
    const label = `${report.client}, ${one.id}: ${found.status}${found.wrong ? `, ${WRONG[found.wrong]}` : ""}`;
    const open = () => show(report, found);
    return element("button", {class: classOf(found.status), title: label, "aria-label": label, onclick: open}, MARKS[found.status]);
  }

  function show(report, found) {
    const dialog = byId("detail");
    const order = ["FAIL", "TIMEOUT", "NON-STRICT", "NOT JUDGED", "INFO", "PASS", "SKIP"];
    const answers = [...found.answers].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
    const inner = element("div", {class: "inner"},
      element("button", {class: "close", "aria-label": "Close", onclick: () => dialog.close()}, "✕"),
      element("h2", {id: "title"}, `${report.client} · ${found.id}${found.number ? ` (${found.number})` : ""}`),
      element("p", {}, `${found.level}, severity ${found.severity}: a client should ${found.title}.`),
      element("p", {class: "source"}, found.source),
      ...answers.flatMap(answerOf),
    );
    dialog.replaceChildren(inner);
    dialog.showModal();
    dialog.scrollTop = 0;
  }

  function answerOf(answer) {
    const rows = [["why", answer.why], ["expected", answer.expected], ["got", answer.got], ["scaled", answer.scaled], ["again", answer.again]];
    const list = element("dl");
    for (const [name, text] of rows) {
      if (text) list.append(element("dt", {}, name), element("dd", {}, name === "again" ? element("code", {}, text) : text));
    }
    return [
      element("h3", {}, element("span", {class: classOf(answer.status)}, answer.status), element("code", {}, answer.faults || "the tape as it is")),
      list,
      ...answer.requests.map(wireOf),
    ];
  }

  function wireOf(request, index) {
    const rows = element("tbody");
    for (const sent of request.sent) {
      if (sent.fault) rows.append(element("tr", {class: "fault"}, element("td"), element("td", {}, "▶"), element("td", {}, sent.fault)));
      rows.append(element("tr", {}, element("td", {}, `${sent.at_ms.toFixed(1)} ms`), element("td", {}, String(sent.bytes)), element("td", {}, sent.text)));
    }
    const left = request.left_out ? `${plural(request.left_out, "write")} more not shown; ` : "";
    const end = request.broken_off || request.finish || "the end";
    rows.append(element("tr", {class: "end"}, element("td", {}, seconds(request.seconds)), element("td"), element("td", {}, `${left}${end}`)));
    const last = request.last_event_id ? ` · Last-Event-ID: ${request.last_event_id}` : "";
    const caption = `request ${index + 1} at ${seconds(request.at_s)} · ${request.method} ${request.target}${last} · ${request.status || "no status"} · ${plural(request.bytes, "byte")}`;
    return element("div", {class: "wire"}, element("table", {}, element("caption", {}, caption), rows));
  }
})();
