/** dashboard · client. Keeps the page up to date, says so when it cannot, and lets keys press what is on it.
 *  The server renders; this only puts what it sends in place. Without this file the page still works. */

const $ = (id) => document.getElementById(id);
const root = document.documentElement;

/* ---- live ------------------------------------------------------------------------------------------------- */

const silenceMs = 12_000; // two beats of the server and a little: nothing for longer means the line is dead
const retryMsMax = 10_000;

let source = null;
let lastEvent = $("band")?.dataset.event ?? "";
let heardAt = performance.now();
let failures = 0;
let retry = 0;
/** How far this machine's clock is ahead of the server's, ms. */
let skew = Date.now() - Number($("verdict")?.dataset.now ?? Date.now());

function listen() {
  clearTimeout(retry);
  source?.close();
  source = new EventSource(`/live?after=${encodeURIComponent(lastEvent)}`);
  source.addEventListener("open", heard);
  source.addEventListener("beat", heard);
  source.addEventListener("sections", (event) => {
    if (event.lastEventId) lastEvent = event.lastEventId;
    put(event.data);
    heard();
  });
  source.addEventListener("error", () => {
    lost();
    // The browser tries again by itself while it can; when it has given up, we go on, ever more slowly.
    if (source.readyState === EventSource.CLOSED) again();
  });
}

function again() {
  failures += 1;
  clearTimeout(retry);
  retry = setTimeout(listen, Math.min(retryMsMax, 500 * 2 ** failures) * (0.5 + Math.random() / 2));
}

function heard() {
  heardAt = performance.now();
  failures = 0;
  if (root.dataset.line === "lost") {
    delete root.dataset.line;
    disarm(false);
    $("lost").hidden = true;
    say("Holdfast answers again.");
  }
}

function lost() {
  if (root.dataset.line === "lost") return;
  root.dataset.line = "lost";
  const line = $("lost");
  line.textContent = `This page has heard nothing from Holdfast since ${clock(Date.now() - skew - (performance.now() - heardAt))} UTC. What it shows is from then; Holdfast itself may well go on.`;
  line.hidden = false;
  disarm(true);
  say(line.textContent);
  tick();
}

/** Nothing can be pressed, by hand or by key, that would ask a server which is not there. */
function disarm(off) {
  for (const part of document.querySelectorAll("#actions > ul, #actions > .go, #thumb .go, #world"))
    part.inert = off;
}

/** Puts changed sections in place; what is open, focused or typed stays so. */
function put(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  for (const section of [...fresh.children]) {
    const old = $(section.id);
    if (!old) continue;
    window.Idiomorph.morph(old, section, {
      ignoreActiveValue: true,
      callbacks: {
        beforeAttributeUpdated: (name, node) => !(name === "open" && node.localName === "details"),
      },
    });
  }
  verdictNow();
}

/* ---- what depends on the verdict -------------------------------------------------------------------------- */

const momentOf = (verdict) => verdict && `${verdict.dataset.state} ${verdict.dataset.phase}`;
let moment = momentOf($("verdict"));

function verdictNow() {
  const v = $("verdict");
  if (!v) return;
  skew = Date.now() - Number(v.dataset.now);
  document.title = `${v.dataset.title}. Holdfast`;
  if (momentOf(v) !== moment) say($("says").textContent); // changes are spoken, ticks are not
  moment = momentOf(v);
  tick();
}

function tick() {
  const v = $("verdict");
  if (!v) return;
  const now = Date.now() - skew;
  $("clock").textContent = `${clock(now)} UTC`;
  const heardMs = Number(v.dataset.heard);
  const old = Math.max(0, now - heardMs);
  const isLost = root.dataset.line === "lost";
  const isStale = heardMs > 0 && old > Number(v.dataset.staleAfter);
  root.dataset.age = isLost || isStale ? "old" : "fresh";
  $("age").textContent =
    `${isLost ? "Lost, " : isStale ? "Stale, " : heardMs ? "Live, " : "Live, asking"}${heardMs ? `${span(old)} old` : ""}`;
  if (performance.now() - heardAt > silenceMs && !isLost) {
    lost();
    listen();
  }
}

const clock = (ms) => new Date(ms).toISOString().slice(11, 19);

function span(ms) {
  const s = Math.round(ms / 1000);
  if (s < 60) return `${s} s`;
  return s < 3600
    ? `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")} s`
    : `${Math.floor(s / 3600)} h`;
}

const say = (text) => {
  $("announce").textContent = text;
};

function toast(text) {
  const t = $("toast");
  t.textContent = text;
  t.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => {
    t.hidden = true;
  }, 6_000);
}

/* ---- dialogs: the article of another page, shown here ------------------------------------------------------ */

const dialog = $("dialog");

async function openDialog(href) {
  try {
    const answer = await fetch(href);
    const article = new DOMParser()
      .parseFromString(await answer.text(), "text/html")
      .querySelector("article");
    dialog.replaceChildren(article);
  } catch {
    return toast("Holdfast does not answer; nothing was asked.");
  }
  const by = dialog.querySelector("input[name=by]");
  if (by) by.value = localStorage.getItem("by") ?? "";
  const keys = dialog.querySelector("#keys-on");
  if (keys) keys.checked = keysOn();
  if (!dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link && dialog && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openDialog(link.href);
  }
  if (event.target.closest("[data-close]") && dialog?.open) {
    event.preventDefault();
    dialog.close();
  }
  if (event.target === dialog) dialog.close(); // the backdrop
});

/* ---- asking ------------------------------------------------------------------------------------------------ */

const calls = {
  break: (form) => ["POST", "/api/faults", faultOf(form)],
  mend: () => ["DELETE", "/api/faults"],
};
const done = {
  break: (form) => `${form.fault.value} in ${form.region.value}: broken.`,
  mend: () => "Everything is mended.",
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.id === "theme-form") return themeNext(event);
  const kind = form.dataset.ask;
  if (!kind || (!calls[kind] && !dialog)) return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form));
  const [method, path, body] = calls[kind]?.(form) ?? ["POST", "/api/requests", requestOf(kind, fields)];
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(path, {
      method,
      ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) return trouble(form, (await answer.json()).error);
    if (fields.by) localStorage.setItem("by", fields.by);
    if (dialog.contains(form)) dialog.close();
    toast(done[kind]?.(form) ?? "Asked. Holdfast takes it up in its next round.");
  } catch {
    trouble(form, "Holdfast does not answer; nothing was asked.");
  } finally {
    button.disabled = false;
  }
});

function requestOf(kind, { reason, by, minutes, region }) {
  return {
    kind,
    reason,
    ...(by ? { by } : {}),
    ...(minutes ? { minutes: Number(minutes) } : {}),
    ...(region ? { region } : {}),
  };
}

function faultOf({ fault, region, service }) {
  return {
    fault: fault.value,
    region: region.value,
    ...(service.disabled ? {} : { service: service.value }),
  };
}

function trouble(form, says) {
  if (!dialog?.contains(form)) return toast(says);
  let note = dialog.querySelector(".refused");
  if (!note) {
    note = document.createElement("p");
    note.className = "note refused";
    note.setAttribute("role", "alert");
    form.before(note);
  }
  note.textContent = says;
}

/* ---- the corner where things are broken -------------------------------------------------------------------- */

const faults = document.querySelector("select[name=fault]");

function faultChosen() {
  const chosen = faults.selectedOptions[0];
  $("fault-says").textContent = chosen?.dataset.says ?? "";
  const takes = chosen?.dataset.service === "yes";
  faults.form.service.disabled = !takes;
  faults.form.service.hidden = !takes;
}

if (faults) {
  faults.addEventListener("change", faultChosen);
  faultChosen();
}

/* ---- theme: light, dark, as the machine has it -------------------------------------------------------------- */

function themeNext(event) {
  event?.preventDefault();
  const to = { light: "dark", dark: "", "": "light" }[root.dataset.theme ?? ""];
  if (to) root.dataset.theme = to;
  else delete root.dataset.theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs a secure context
  document.cookie = `theme=${to}; path=/; samesite=strict; max-age=${to ? 31_536_000 : 0}`;
  if ($("toast")) toast(`Theme: ${to || "as this machine has it"}.`);
}

/* ---- keys --------------------------------------------------------------------------------------------------- */

const jumps = { r: "regions", c: "cascade", w: "rules", u: "users", n: "names", l: "log", o: "charts" };
const keysOn = () => localStorage.getItem("keys") !== "off";

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.activeElement?.closest(".cell")?.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || !keysOn() || dialog?.open) return;
  if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
  const key = event.key.toLowerCase();
  const action = document.querySelector(`[data-key="${CSS.escape(key.toUpperCase())}"]`);
  if (key === "?") openDialog("/keys");
  else if (key === "t") themeNext();
  else if (action && root.dataset.line !== "lost") openDialog(action.href);
  else if (jumps[key]) {
    const section = $(jumps[key]);
    section?.setAttribute("tabindex", "-1");
    section?.focus({ preventScroll: true });
    section?.scrollIntoView({ block: "start" });
  } else return;
  event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.id === "keys-on") localStorage.setItem("keys", event.target.checked ? "on" : "off");
});

/* ---- charts: fetched once they come into sight -------------------------------------------------------------- */

const charts = $("charts");
if (charts) {
  const sight = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting) return;
    sight.disconnect();
    const { draw } = await import(charts.dataset.script);
    draw(charts, say);
  });
  sight.observe(charts);
}

/* ---- begin ---------------------------------------------------------------------------------------------------- */

if ($("band")) {
  listen();
  verdictNow();
  setInterval(tick, 1_000);
  // After sleep, or when the network is back, do not wait for the next try.
  const wake = () => {
    if (root.dataset.line === "lost" || performance.now() - heardAt > silenceMs) listen();
  };
  window.addEventListener("online", wake);
  window.addEventListener("pageshow", wake);
  document.addEventListener("visibilitychange", () => document.hidden || wake());
}
