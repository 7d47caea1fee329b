/** tests · dashboard. The page in a real browser: what people do with it, and what it does when things go wrong. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { nothingFalls } from "../../analyzer/cascade.ts";
import { memory } from "../../store/memory.ts";
import type { Decision, Report, Standing } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import { onStage } from "./onstage.ts";
import {
  boardOf,
  decisionOf,
  incidentOf,
  lines,
  playground,
  reportOf,
  rules,
  stage,
  standingOf,
  T,
  topology,
} from "./scenes.ts";

const { host, open, serve, stop } = onStage();

const text = (page: Page, id: string) => page.locator(`#${id}`).textContent();

/** The next change of the failover, told to the store as the loop would. */
async function change(store: Store, standing: Standing, report: Report, decision: Decision | null = null) {
  const before = (await store.standing())?.version ?? 0;
  const handled = (await store.requests()).map((r) => r.id);
  await store.remember({
    from: before,
    standing: { ...standing, version: before + 1 },
    orders: [],
    decision,
    handled,
  });
  await store.report(report);
}

describe("the main story, by clicks", () => {
  test("break a region, watch users leave, mend, bring them home", async () => {
    const { store, server, playground } = await serve("calm");
    const page = await open(server.url);
    expect(await text(page, "says")).toContain("Users are fine in us-east-1");

    await page.selectOption("select[name=fault]", "region-down");
    await page.selectOption("select[name=region]", "us-east-1");
    await page.click("#world button:has-text('Break')");
    await page.waitForSelector("#broken >> text=region-down");
    expect(playground.faults()).toMatchObject([{ fault: "region-down", region: "us-east-1" }]);

    const moving = await stage("outage");
    await store.forget(T + 1); // what users said while all was well
    await store.addVoices(await moving.store.voices(T - 10_000));
    const [report, standing] = [await moving.store.lastReport(), await moving.store.standing()];
    if (!report || !standing) throw new Error("the scene has no report");
    await change(
      store,
      standing,
      report,
      decisionOf(T, "preparing", "shifting", "Users in us-east-1 are hurt and us-west-2 can take them"),
    );
    await page.waitForSelector("#verdict[data-state=outage]");
    expect(await text(page, "says")).toBe(
      "Users in us-east-1 are failing; they are being moved to us-west-2.",
    );
    expect(await page.title()).toBe("Outage: app.holdfast.test. Holdfast");
    expect(await text(page, "log")).toContain("Users in us-east-1 are hurt and us-west-2 can take them");
    expect(await page.locator("#phases, .phases .now").textContent()).toContain("Shifting");

    await page.click("#world button:has-text('Mend all')");
    await page.waitForSelector("#broken >> text=Nothing is broken.");

    await change(
      store,
      standingOf("away", { drained: "us-east-1", wellSince: T - 70_000 }),
      reportOf(T, {
        why: "us-east-1 has been well for 70 s; a person may fail back",
        lines: lines(0, 0, "1.00", 4),
        leads: "us-west-2",
      }),
    );
    await page.waitForSelector("#actions a.ask:has-text('Fail back')");
    await page.click("#actions a.ask");
    const dialog = page.locator("dialog[open]");
    expect(await dialog.textContent()).toContain("waits until us-east-1 is fit");
    await dialog.locator("input[name=reason]").fill("the region is well again");
    await dialog.locator("input[name=by]").fill("Ada");
    await dialog.locator("button[type=submit]").click();
    await page.waitForSelector("#actions >> text=Ada asked to fail back");
    expect(await store.requests()).toMatchObject([
      { kind: "failback", by: "Ada", reason: "the region is well again", from: "us-west-2", to: "us-east-1" },
    ]);
    expect(await dialog.count()).toBe(0);
    expect(page.troubles).toEqual([]);
  });

  test("a refusal is said where it was asked, with its reason", async () => {
    const { store, server } = await serve("calm");
    const page = await open(server.url);
    await page.click("#actions a:has-text('Fail over')");
    await page.fill("dialog input[name=reason]", "x");
    await change(
      store,
      standingOf("held", { held: { phase: "home", by: "Bo", reason: "maintenance" } }),
      reportOf(T, { why: "Held by Bo", lines: lines(0, 0, "1.00", 1) }),
    );
    await page.click("dialog button[type=submit]");
    expect(await page.locator("dialog .refused").textContent()).toContain(
      "every move is held; release first",
    );
    expect(await store.requests()).toEqual([]);
  });
});

describe("keys", () => {
  test("act, jump, and stay out of the way of typing", async () => {
    const { server, store } = await serve("calm");
    const page = await open(server.url);
    await page.keyboard.press("r");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("regions");
    await page.keyboard.press("d");
    await page.waitForSelector("dialog[open] >> text=Practise a move to us-west-2?");
    expect(await page.locator("dialog").textContent()).toContain("served there within about 29 s");
    await page.keyboard.press("Escape");
    await page.keyboard.press("f");
    await page.waitForSelector("dialog[open] >> text=Fail over to us-west-2?");
    await page.keyboard.type("for the hold of it"); // letters that are keys too
    await page.keyboard.press("Enter");
    await page.waitForSelector("#actions >> text=for the hold of it");
    expect(await store.requests()).toMatchObject([{ kind: "failover", reason: "for the hold of it" }]);
    await page.keyboard.press("b"); // users are home: nothing happens
    expect(await page.locator("dialog[open]").count()).toBe(0);
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open] >> text=Single keys work");
    await page.uncheck("#keys-on");
    await page.keyboard.press("Escape");
    await page.keyboard.press("h");
    expect(await page.locator("dialog[open]").count()).toBe(0);
    expect(page.troubles).toEqual([]);
  });

  test("a reason is shown on focus and hidden by Escape", async () => {
    const { server } = await serve("outage");
    const page = await open(server.url);
    const cell = page.locator("#names .cell").first();
    await cell.focus();
    const tip = page.locator(`#${await cell.getAttribute("aria-describedby")}`);
    expect(await tip.isVisible()).toBe(true);
    expect(await tip.textContent()).toContain("2 of 2 vantage points");
    await page.keyboard.press("Escape");
    expect(await tip.isVisible()).toBe(false);
    await cell.hover();
    expect(await tip.isVisible()).toBe(true);
  });
});

describe("live", () => {
  test("what is focused, open or typed stays so while the page changes", async () => {
    const { server, store } = await serve("outage");
    const page = await open(server.url);
    await page.click("#cascade-evidence summary");
    await page.selectOption("select[name=region]", "us-west-2");
    await page.focus("#log a >> nth=0");
    const focused = await page.evaluate(() => document.activeElement?.getAttribute("href"));
    const report = await store.lastReport();
    if (!report) throw new Error("the scene has no report");
    await store.report({ ...report, why: "Something else now" });
    await page.waitForSelector("#actions >> text=Something else now");
    expect(await page.locator("#cascade-evidence").getAttribute("open")).not.toBeNull();
    expect(await page.inputValue("select[name=region]")).toBe("us-west-2");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("href"))).toBe(focused);
  });

  test("a lost server is said aloud and disarms the page; when it is back, so is the page", async () => {
    const first = await serve("calm");
    const page = await open(first.server.url);
    await page.locator("#charts").scrollIntoViewIfNeeded();
    await stop(first.server);
    await page.waitForSelector("html[data-line=lost]");
    const { y = -1 } = (await page.locator("#lost").boundingBox()) ?? {};
    expect(y).toBeGreaterThanOrEqual(0); // wherever one has scrolled to
    expect(await text(page, "lost")).toMatch(/heard nothing from Holdfast since \d\d:\d\d:\d\d UTC/);
    expect(await text(page, "age")).toMatch(/^Lost/);
    await page.keyboard.press("f");
    expect(await page.locator("dialog[open]").count()).toBe(0);
    await change(
      first.store,
      standingOf("doubting"),
      reportOf(T, { why: "News from after the restart", lines: lines(0, 0, "1.00", 1) }),
    );
    await host(first.options, first.server.port); // another process, with ids of its own
    await page.waitForSelector("html:not([data-line])");
    await page.waitForSelector("#actions >> text=News from after the restart");
    expect(await page.locator("#lost").isVisible()).toBe(false);
  });

  test("a change of the verdict is spoken, a tick is not", async () => {
    const { server, store } = await serve("calm");
    const page = await open(server.url);
    await store.report(reportOf(T, { why: "A tick", lines: lines(0, 0, "1.00", 1) }));
    await page.waitForSelector("#actions >> text=A tick");
    expect(await text(page, "announce")).toBe("");
    await change(store, standingOf("returning"), reportOf(T, { why: "y", lines: lines(0, 0, "1.00", 1) }));
    await page.waitForSelector("#verdict[data-state=moving]");
    expect(await page.locator("#announce").textContent()).toContain("on their way home");
    await change(store, standingOf("shifting"), reportOf(T, { why: "z", lines: lines(0, 0, "1.00", 1) }));
    await page.waitForSelector("#announce >> text=being moved"); // the state is the same, and a step further
  });
});

describe("without a script", () => {
  test("the page tells the same, acts by forms, and can be made to stand still", async () => {
    const { server, store, playground } = await serve("calm");
    const page = await open(server.url, { javaScriptEnabled: false });
    expect(await text(page, "says")).toContain("Users are fine in us-east-1");
    await page.click('a[href="/?reload=off"]');
    expect(await page.locator("meta[http-equiv=refresh]").count()).toBe(0);
    await page.selectOption("select[name=fault]", "region-down");
    await page.selectOption("select[name=region]", "us-west-2");
    await page.click("#world button:has-text('Break')");
    expect(playground.faults()).toMatchObject([{ fault: "region-down", region: "us-west-2" }]);
    await page.goto(server.url);
    await page.click("#actions a:has-text('Hold')");
    expect(await text(page, "aside")).toContain("Nothing moves until somebody releases it");
    await page.fill("input[name=reason]", "a drill");
    await page.click("button:text-is('Hold')");
    expect(new URL(page.url()).pathname).toBe("/");
    expect(await store.requests()).toMatchObject([{ kind: "hold", reason: "a drill" }]);
    await page.goto(`${server.url}/act/release`);
    expect(await text(page, "aside")).toContain("Not now: nothing is held.");
  });
});

describe("text from elsewhere", () => {
  const bad = `</script><img src=x onerror="window.owned=1"><svg onload='window.owned=1'>"'\`&lt;{{7*7}}`;

  test("is only ever text, in every string that can come from outside", async () => {
    const store = memory();
    const report = reportOf(T, {
      why: bad,
      lines: {
        for: [{ id: bad, says: bad, met: null, value: bad }],
        against: [{ id: bad, says: bad, met: true, value: bad }],
      },
      services: [
        {
          service: bad,
          region: bad,
          verdict: "down",
          reason: bad,
          latencyMs: null,
          agree: 1,
          of: 1,
          since: T,
        },
      ],
      anomalies: [
        {
          series: bad,
          node: bad,
          vantage: bad,
          at: T,
          score: 1,
          features: [{ name: bad, direction: "high", share: 1, says: bad }],
        },
      ],
      cascade: {
        ...nothingFalls(),
        root: bad,
        confidence: 1,
        evidence: [bad],
        candidates: [{ node: bad, score: 0.5, for: [bad], against: [bad] }],
        risk: {},
        fallen: [{ node: bad, since: T, because: null, says: bad }],
        next: [
          {
            node: `${bad}@x`,
            because: bad,
            says: bad,
            from: T,
            until: T + 1000,
            when: null,
            grade: "plausible",
            source: `https://aws.amazon.com/"onmouseover="window.owned=1`,
          },
        ],
      },
      blind: [{ vantage: bad, why: bad }],
      scope: { kind: "regional", region: bad, evidence: [bad] },
    });
    const [home] = report.assessment.regions;
    home?.reasons.push({ says: bad, costs: 0.1, node: bad });
    home?.votes.push({ vantage: bad, says: "hurt", why: bad, at: T });
    const standing = standingOf("held", {
      held: { phase: "home", by: bad.slice(0, 200), reason: bad },
      request: { id: bad, at: T, by: bad, kind: "hold", reason: bad },
    });
    await change(
      store,
      standing,
      report,
      decisionOf(T, "home", "held", bad, { id: bad, by: bad, root: bad, ...lines(0, 0, "1.00", 1) }),
    );
    await store.pin(
      boardOf(T, [incidentOf(T, { id: bad, title: bad, lines: [bad], nodes: [bad] })], {
        told: { [bad]: {} },
        failing: { [bad]: { since: T, why: bad } },
      }),
    );
    await store.ask({ id: "r2", at: T, by: bad, kind: "hold", reason: bad });
    await store.addVoices([{ at: T, spanMs: 1000, region: bad, requests: 5, failed: 1, p95Ms: 1 }]);
    const set = await stage("empty");
    const world = {
      ...playground(),
      menu: [{ name: bad, says: bad, takesService: true }],
      services: [bad],
      nameServer: bad,
      faults: () => [{ fault: bad, region: bad, service: bad, since: T }],
    };
    const options = { store, rules, topology, now: () => set.now, playground: world, title: bad };
    const server = await host(options);
    const page = await open(server.url);
    await page.selectOption("select[name=fault]", { index: 0 }); // its description is put in by the script
    await store.report({ ...report, why: `${bad} again` }); // and the sections once more, live
    await page.waitForSelector("#actions >> text=again");
    await page.click("#log a >> nth=0");
    await page.waitForSelector("dialog[open]");
    const strangers = await page.locator("img, [onerror], [onload], [onmouseover], dialog script").count();
    expect(strangers).toBe(0);
    expect(await page.evaluate(() => "owned" in window)).toBe(false);
    await page.goto(`${server.url}/nowhere${encodeURIComponent(bad)}`);
    expect(await page.evaluate(() => "owned" in window)).toBe(false);
    expect(await page.locator("img").count()).toBe(0);
  });

  test("a script that got in all the same would not run", async () => {
    const { server } = await serve("calm");
    const page = await open(server.url);
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.owned = 1";
      document.body.append(script);
    });
    expect(await page.evaluate(() => "owned" in window)).toBe(false);
  });
});

describe("over time", () => {
  test("lines are drawn once they come into sight, for the time chosen, and can be read by key and as a table", async () => {
    const { server } = await serve("outage");
    const page = await open(server.url);
    const asked: string[] = [];
    page.on("request", (request) =>
      asked.push(new URL(request.url()).pathname + new URL(request.url()).search),
    );
    expect(asked.some((path) => path.startsWith("/assets/uplot"))).toBe(false);

    await page.keyboard.press("o");
    await page.waitForSelector("#charts[data-drawn]");
    expect(await page.locator("#charts canvas").count()).toBe(4);
    expect(asked).toContain("/api/history?minutes=15");

    await page.click("#charts button:has-text('5 min')");
    await page.waitForSelector("#charts [data-minutes='5'][aria-pressed=true]");
    await page.waitForFunction(() => document.querySelectorAll("#charts canvas").length === 4);
    expect(asked).toContain("/api/history?minutes=5");

    await page.focus("figure[data-line=scores] .plot");
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    const read = (await page.locator("figure[data-line=scores] .read").textContent()) ?? "";
    expect(read).toMatch(/^03:14:\d\d {2}us-east-1 0\.\d\d, us-west-2 \d\.\d\d, eu-west-1 1\.00$/);
    expect(await text(page, "announce")).toBe(read);

    await page.click("#charts summary");
    const rows = page.locator("#charts .figures tbody tr");
    await rows.first().waitFor();
    expect(await rows.first().textContent()).toContain("03:14:2");
    expect(await page.locator("#charts .figures th").allTextContents()).toContain("us-east-1 score");
    expect(page.troubles).toEqual([]);
  });

  test("with nothing to draw it says so, and draws no axis", async () => {
    const { server } = await serve("empty");
    const page = await open(server.url);
    await page.keyboard.press("o");
    await page.waitForSelector("#charts >> text=too little to draw");
    expect(await page.locator("#charts canvas").count()).toBe(0);
  });
});

describe("before and after a move", () => {
  test("maintenance is opened by key, for so many minutes, in one region, and by whom", async () => {
    const { store, server } = await serve("calm");
    const page = await open(server.url);
    await page.keyboard.press("m");
    await page.fill("dialog input[name=reason]", "new load balancer");
    await page.fill("dialog input[name=minutes]", "30");
    await page.selectOption("dialog select[name=region]", "us-west-2");
    await page.fill("dialog input[name=by]", "Ada");
    await page.click("dialog button[type=submit]");
    await page.waitForSelector("#toast:not([hidden])");
    expect(await store.requests()).toMatchObject([
      {
        kind: "maintain",
        by: "Ada",
        region: "us-west-2",
        starts: T,
        ends: T + 30 * 60_000,
        reason: "new load balancer",
      },
    ]);
    expect(page.troubles).toEqual([]);
  });

  test("what is missing for a move leads, what it would take is told, and nothing is claimed unseen", async () => {
    const { store, server } = await serve("blind");
    const page = await open(server.url);
    expect(await text(page, "readiness")).toContain("Whether us-west-2 is ready has not been looked at yet.");
    const report = await store.lastReport();
    if (!report) throw new Error("the scene has no report");
    const line = (id: string, says: string, met: boolean | null, value: string) => ({ id, says, met, value });
    await store.report({
      ...report,
      readiness: {
        ready: false,
        lines: [
          line("capacity", "us-west-2 keeps its task", true, "1 task"),
          line("data", "The copy is at most 30 s behind", null, "not heard"),
          line("lever", "The lever works", false, "its shadow did not follow"),
        ],
      },
      recovery: [
        { part: "detect", says: "3 bad rounds", ms: 30_000 },
        { part: "cache", says: "as long as the name may be cached", ms: 60_000 },
      ],
    });
    await page.waitForSelector("#readiness >> text=us-west-2 is not ready");
    const told = (await text(page, "readiness")) ?? "";
    expect(told).toContain("within about 1 min 30 s");
    expect(told).toContain("1 of 3, 1 unknown");
    expect(told.indexOf("did not follow")).toBeLessThan(told.indexOf("not heard"));
    expect(told.indexOf("not heard")).toBeLessThan(told.indexOf("1 task"));
  });

  test("moves so far have a page of their own", async () => {
    const { server } = await serve("outage");
    const page = await open(server.url);
    await page.click("#readiness >> text=Moves so far");
    await page.waitForSelector("h1 >> text=Moves so far");
    expect(await page.locator("article").textContent()).toContain("out of us-east-1, under way");
  });
});
