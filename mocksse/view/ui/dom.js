// Elements and figures. Strings become text nodes; nothing here or elsewhere reads markup.

/** An element. `props`: `on…` are listeners, `data-…`, `aria-…`, `role` and the like attributes, all else properties. */
function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "class" && !/^(role|list|form)$/.test(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const $ = (id) => document.getElementById(id);
const media = (query) => window.matchMedia(query);
const still = () => media("(prefers-reduced-motion: reduce)").matches;

/** The value of one of the style's colours, as it is in this moment. */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function bytesText(count) {
  if (count < 1000) return `${count} B`;
  return count < 1e6 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}

function msText(ms) {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return "–";
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  return ms < 100000 ? `${(ms / 1000).toFixed(2)} s` : `${Math.floor(ms / 60000)} min ${Math.round((ms % 60000) / 1000)} s`;
}

const clockText = (ms) => `${(ms / 1000).toFixed(3)} s`;
const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** The value below which that share lies; `sorted` ascends. */
const percentile = (sorted, share) => sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] : null;

/** How many of the ascending values are at most `value`. */
function upTo(values, value) {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1; else high = middle;
  }
  return low;
}

const quoted = (text) => /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Tell those who do not see the page. */
function say(text) { $("said").textContent = text; }

/** A button that copies `text`, and says so. */
function copyButton(text, what = "Copy") {
  const button = h("button", { type: "button", class: "quiet", onclick: async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl+C";
      const code = button.parentElement.querySelector("code");
      if (code) getSelection().selectAllChildren(code);
    }
    say(button.textContent);
    setTimeout(() => { button.textContent = what; }, 1600);
  } }, what);
  return button;
}

const command = (text) => h("div", { class: "command" }, h("code", { tabIndex: 0 }, text), copyButton(text));
