// What breaks a session's answers and how fast they come: changed here, and the same as a command.

const PACES = [["0.5", "½×"], ["1", "1×"], ["2", "2×"], ["10", "10×"], ["instant", "instant"]];

/** The bar of a session: its address, its faults, its pace. `failed` hears what the server refuses. */
function sessionBar(server, session, failed) {
  const path = `/sessions/${encodeURIComponent(session.name)}`;
  const attempt = async (...what) => { try { await server.ask(...what); } catch (error) { failed(error); } };
  const without = (index) => session.faults.filter((_, i) => i !== index);
  const speed = String(session.pacing.speed ?? 1), others = Object.entries(session.pacing).filter(([word]) => word !== "speed");
  return h("section", { class: "bar", "aria-label": `Session ${session.name}` },
    h("div", { class: "address" }, h("b", {}, session.name), command(session.base_url)),
    h("div", { class: "faults" }, h("span", { class: "label" }, "Faults"),
      session.faults.length ? null : h("span", { class: "hint" }, "none"),
      session.faults.map((fault, index) => h("span", { class: "chip fault" }, fault,
        h("button", { type: "button", "aria-label": `Take away ${fault}`, onclick: () => attempt("PUT", `${path}/faults`, { faults: without(index) }) }, "×"))),
      h("button", { type: "button", class: "add", onclick: () => breakDialog(server, session) }, "Break it…")),
    h("fieldset", { class: "pace" }, h("legend", { class: "label" }, "Speed"),
      (PACES.some(([value]) => value === speed) ? PACES : [...PACES, [speed, `${speed}×`]]).map(([value, text]) => h("label", {},
        h("input", { type: "radio", name: "pace", value, checked: value === speed,
          onchange: () => attempt("PATCH", path, { pacing: { speed: value === "instant" ? value : Number(value) } }) }),
        h("span", {}, text))),
      others.map(([word, value]) => h("span", { class: "chip plain" }, `${word} ${value}`))));
}

/** The catalogue: choose a fault, change its words, add it to the session, or take the command along. */
async function breakDialog(server, session) {
  const dialog = $("dialog"), catalogue = (await server.get("/faults")).faults;
  const path = `/sessions/${encodeURIComponent(session.name)}/faults`;
  const wrong = h("p", { class: "warn", role: "alert" }), about = h("div", { class: "about" }), commands = h("div", { class: "commands" });
  const input = h("input", { type: "text", id: "spec", spellcheck: false, autocomplete: "off", oninput: () => told() });
  const list = h("ul", { class: "catalogue", "aria-label": "Faults" });
  const search = h("input", { type: "search", placeholder: "Find a fault", "aria-label": "Find a fault", oninput: () => listed() });
  const choose = (fault) => {
    input.value = fault.example;
    const words = fault.parameters.map((p) => h("div", {}, h("dt", {}, p.name), h("dd", {}, [p.help, p.words.length ? p.words.join(", ") : ""].filter(Boolean).join(" · "))));
    about.replaceChildren(h("p", {}, fault.summary), h("dl", {}, words));
    for (const button of list.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === fault.name));
    told();
  };
  const listed = () => {
    const wanted = search.value.toLowerCase();
    const found = catalogue.filter((f) => `${f.name} ${f.family} ${f.summary}`.toLowerCase().includes(wanted));
    list.replaceChildren(...found.map((fault) => h("li", {}, h("button", { type: "button", value: fault.name, "aria-pressed": "false", onclick: () => choose(fault) },
      h("b", {}, fault.name), h("span", {}, fault.summary)))), ...(found.length ? [] : [h("li", { class: "hint" }, "No fault is called so.")]));
  };
  const told = () => {
    wrong.textContent = "";
    const token = server.token ? ` -H "Authorization: Bearer $MOCKSSE_TOKEN"` : "";
    commands.replaceChildren(...[
      ["The server", `mocksse serve ${session.cassettes.length ? "cassettes/ " : ""}--fault ${quoted(input.value)}`],
      ["This session", `curl ${location.origin}${API}${path} -H 'content-type: application/json'${token} -d ${quoted(JSON.stringify({ faults: [input.value] }))}`],
      ["One request", `x-mocksse-fault: ${input.value}`],
    ].map(([what, text]) => h("div", {}, h("span", { class: "label" }, what), command(text))));
  };
  const add = async (event) => {
    event.preventDefault();
    try {
      await server.ask("POST", path, { faults: [input.value] });
      dialog.close();
    } catch (error) { wrong.textContent = [error.message, error.hint].filter(Boolean).join(" — "); }
  };
  dialog.replaceChildren(h("form", { method: "dialog", onsubmit: add },
    h("header", {}, h("h2", { id: "dialog-title" }, `Break ${session.name}`), h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => dialog.close() }, "×")),
    h("div", { class: "choose" }, h("div", { class: "left" }, search, list),
      h("div", { class: "right" }, h("label", { htmlFor: "spec", class: "label" }, "Fault"), h("div", { class: "spec" }, input, h("button", { type: "submit", class: "primary" }, "Add")), wrong, about, commands))));
  listed();
  choose(catalogue.find((f) => f.name === "reset") || catalogue[0]);
  dialog.showModal();
  search.focus();
}
