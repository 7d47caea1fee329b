/** dashboard · client. Draws lines over time with uPlot: one chart for each kind of figure, all on one time. Every line has
 *  a dash of its own besides its tone, and what is pointed at is written out below. */

const refreshMs = (minutes) => (minutes <= 15 ? 5_000 : 60_000);
const tones = ["--ink", "--act", "--ink3", "--doubt"];
const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

export async function draw(section, say) {
  await Promise.all([script(section.dataset.uplot), sheet(section.dataset.css)]);
  const note = section.querySelector("[data-note]");
  const figures = [...section.querySelectorAll("figure")];
  const table = section.querySelector(".figures");
  const buttons = [...section.querySelectorAll("[data-minutes]")];
  let minutes = Number(buttons.find((b) => b.getAttribute("aria-pressed") === "true").dataset.minutes);
  let plots = [];
  let lines = null;
  let timer = 0;

  section.querySelector(".ranges").hidden = false;
  for (const button of buttons) {
    button.addEventListener("click", () => {
      minutes = Number(button.dataset.minutes);
      for (const b of buttons) b.setAttribute("aria-pressed", String(b === button));
      clearPlots();
      refresh();
    });
  }
  table.addEventListener("toggle", () => tell());

  async function refresh() {
    clearTimeout(timer);
    const asked = minutes;
    try {
      const answer = await fetch(`/api/history?minutes=${minutes}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const heard = await answer.json();
      if (asked !== minutes) return; // another range was chosen meanwhile
      lines = heard;
      show();
    } catch {
      trouble("Holdfast does not answer; these lines are as old as the rest of the page.");
    }
    if (asked === minutes) timer = setTimeout(refresh, refreshMs(minutes));
  }

  function trouble(says) {
    note.textContent = says;
    note.hidden = says === "";
  }

  function show() {
    const few = lines.at.length < 2;
    trouble(few ? "There is too little to draw yet; a line begins with the second assessment." : "");
    for (const figure of figures) figure.hidden = few;
    table.hidden = few;
    if (few) return clearPlots();
    const at = lines.at.map((t) => Date.parse(t) / 1000);
    const zoomed = plots.length > 0 && plots[0].zoomed;
    if (plots.length === 0) plots = figures.map((figure) => plot(figure, at));
    for (const p of plots) p.chart.setData([at, ...columns(p.line).map((c) => c.values)], !zoomed);
    tell();
  }

  /** What one figure draws: a name and values for each line. */
  function columns(line) {
    if (line === "odd") return [{ name: "oddest", values: lines.odd.map((o) => o?.score ?? null) }];
    return Object.entries(lines[line])
      .filter(([, values]) => values.some((v) => v !== null))
      .map(([name, values]) => ({ name, values }));
  }

  function clearPlots() {
    for (const { chart } of plots) chart.destroy();
    plots = [];
  }

  function plot(figure, at) {
    const line = figure.dataset.line;
    const host = figure.querySelector(".plot");
    const key = figure.querySelector(".read");
    const css = (name) => toneOf(section, name);
    const drawn = columns(line);
    const limit = figure.dataset.limit === undefined ? null : Number(figure.dataset.limit);
    const grid = { stroke: css("--line"), width: 1 };
    const letter = 1.2 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const axis = { stroke: css("--ink3"), grid, ticks: grid, font: `${letter}px system-ui, sans-serif` };
    const own = { line, zoomed: false };
    const write = (index) => {
      const parts = drawn.map(({ name }, i) => {
        const value = own.chart?.data[i + 1]?.[index];
        return `${name} ${value == null ? "unknown" : words(line, value)}`;
      });
      const odd = line === "odd" ? lines.odd[index] : null;
      const what = odd ? [`${odd.node.replace("@", " in ")}: ${odd.says}, ${words(line, odd.score)}`] : parts;
      return `${clock(at_(index))}  ${what.join(", ")}`;
    };
    const at_ = (index) => own.chart.data[0][index];
    const rest = () => {
      key.replaceChildren(
        ...drawn.map(({ name }, i) => {
          const item = document.createElement("span");
          const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
          swatch.setAttribute("class", `swatch s${i}`);
          swatch.setAttribute("aria-hidden", "true");
          const stroke = document.createElementNS("http://www.w3.org/2000/svg", "path");
          stroke.setAttribute("d", "M0 4H28");
          stroke.setAttribute("stroke-dasharray", dashes[i % dashes.length].join(" "));
          swatch.append(stroke);
          item.append(swatch, name);
          return item;
        }),
      );
    };
    own.chart = new window.uPlot(
      {
        width: host.clientWidth,
        height: host.clientHeight,
        tzDate: (seconds) => window.uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
        legend: { show: false },
        cursor: { sync: { key: "charts" }, drag: { x: true, y: false }, points: { size: 6 } },
        scales: { y: { range: (_, _min, max) => range(line, max, limit) } },
        axes: [
          {
            ...axis,
            values: (_, ticks) => ticks.map((t) => clock(t, ticks.length > 1 && ticks[1] - ticks[0] < 60)),
          },
          { ...axis, size: 5.2 * letter, values: (_, ticks) => ticks.map((t) => words(line, t)) },
        ],
        series: [
          {},
          ...drawn.map(({ name }, i) => ({
            label: name,
            stroke: css(tones[i % tones.length]),
            dash: dashes[i % dashes.length],
            width: 1.5,
            points: { show: false },
            spanGaps: false,
          })),
        ],
        hooks: {
          setCursor: [
            ({ cursor }) => {
              if (cursor.idx == null) rest();
              else key.textContent = write(cursor.idx);
            },
          ],
          setSelect: [
            () => {
              own.zoomed = true;
            },
          ],
          draw: [(chart) => limit !== null && threshold(chart, limit, css("--doubt"))],
        },
      },
      [at, ...drawn.map((c) => c.values)],
      host,
    );
    own.chart.over.addEventListener("dblclick", () => {
      for (const p of plots) p.zoomed = false;
    });
    host.onkeydown = (event) => {
      const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20, Home: -1e9, End: 1e9 }[
        event.key
      ];
      if (steps === undefined) return;
      event.preventDefault();
      const { chart } = own;
      const last = chart.data[0].length - 1;
      const index = Math.min(last, Math.max(0, (chart.cursor.idx ?? last) + steps));
      chart.setCursor({ left: chart.valToPos(chart.data[0][index], "x"), top: 10 });
      say(write(index));
    };
    rest();
    return own;
  }

  /** The table, when it is open: newest first, a row for each minute at most. */
  function tell() {
    if (!table.open || !lines) return;
    const every = Math.max(1, Math.ceil(lines.at.length / 30));
    const heads = ["scores", "p95Ms", "failed"].flatMap((line) => columns(line).map((c) => ({ ...c, line })));
    const titles = { scores: "score", p95Ms: "answers in", failed: "failing" };
    const rows = lines.at
      .map((t, i) => [
        clock(Date.parse(t) / 1000, true),
        ...heads.map((h) => (h.values[i] == null ? "unknown" : words(h.line, h.values[i]))),
      ])
      .filter((_, i) => (lines.at.length - 1 - i) % every === 0)
      .reverse();
    const made = document.createElement("table");
    const head = made.createTHead().insertRow();
    for (const text of ["UTC", ...heads.map((h) => `${h.name} ${titles[h.line]}`)]) {
      const th = document.createElement("th");
      th.scope = "col";
      th.textContent = text;
      head.append(th);
    }
    const body = made.createTBody();
    for (const cells of rows) {
      const row = body.insertRow();
      for (const text of cells) row.insertCell().textContent = text;
    }
    table.querySelector(".scroll").replaceChildren(made);
  }

  const again = () => {
    clearPlots();
    if (lines) show();
  };
  let width = section.clientWidth;
  new ResizeObserver(() => {
    if (section.clientWidth === width) return;
    width = section.clientWidth;
    again();
  }).observe(section);
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : refresh()));
  await refresh();
  section.dataset.drawn = "yes";
}

function range(line, max, limit) {
  if (line === "scores" || line === "odd") return [0, 1.05];
  const top = Math.max(max ?? 0, line === "failed" ? 0.05 : 10);
  return [0, (limit !== null && top > limit / 2 ? Math.max(top, limit) : top) * 1.1];
}

/** A token of the page as a colour that a canvas understands, in the theme of the moment. */
function toneOf(section, name) {
  const probe = section.appendChild(document.createElement("i"));
  probe.style.color = `var(${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** A line across, where a figure begins to matter. */
function threshold(chart, value, tone) {
  const y = chart.valToPos(value, "y", true);
  const { left, top, width, height } = chart.bbox;
  if (y < top || y > top + height) return;
  const { ctx } = chart;
  ctx.save();
  ctx.strokeStyle = tone;
  ctx.setLineDash([3, 5]);
  ctx.beginPath();
  ctx.moveTo(left, y);
  ctx.lineTo(left + width, y);
  ctx.stroke();
  ctx.restore();
}

function words(line, value) {
  if (line === "p95Ms") return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
  if (line === "failed") return `${Math.round(value * 1000) / 10} %`;
  return value.toFixed(2);
}

const clock = (seconds, fine = true) => new Date(seconds * 1000).toISOString().slice(11, fine ? 19 : 16);

const script = (src) =>
  new Promise((done, failed) =>
    document.head.append(
      Object.assign(document.createElement("script"), { src, onload: done, onerror: failed }),
    ),
  );
const sheet = (href) =>
  new Promise((done, failed) =>
    document.head.append(
      Object.assign(document.createElement("link"), {
        rel: "stylesheet",
        href,
        onload: done,
        onerror: failed,
      }),
    ),
  );
