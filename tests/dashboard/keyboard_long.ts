/** tests · dashboard. The page by keyboard alone, and as those hear it who do not see it: what Chromium tells assistive
 *  technology. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { onStage } from "./onstage.ts";
import type { Scene } from "./scenes.ts";

const { open, serve } = onStage();

type Stop = { what: string; name: string; outlined: boolean; covered: boolean };

/** Every stop of Tab, from the top until it leaves the page. */
async function stops(page: Page): Promise<Stop[]> {
  const found: Stop[] = [];
  for (let i = 0; i < 150; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return null;
      const { left, top, width, height } = at.getBoundingClientRect();
      const above = document.elementFromPoint(left + width / 2, top + height / 2);
      return {
        what: `${at.localName} in ${at.closest("[id]")?.id}`,
        name: (at.getAttribute("aria-label") ?? at.textContent ?? "").trim(),
        outlined: getComputedStyle(at).outlineStyle !== "none",
        covered: !(above && (at.contains(above) || above.contains(at))),
      };
    });
    if (stop === null) return found;
    found.push(stop);
  }
  throw new Error(`Tab never left the page: ${found.slice(-5).map((s) => s.what)}`);
}

describe("by keyboard", () => {
  const scenes: Scene[] = ["calm", "outage", "approve", "held"];
  test.each(scenes)("%s: every stop has a name, is seen, and none holds whoever comes by", async (scene) => {
    const { server } = await serve(scene);
    const page = await open(server.url);
    const found = await stops(page);
    expect(found.filter((s) => s.name === "" || !s.outlined || s.covered)).toEqual([]);
    const order = found.map((s) => s.what);
    expect(order[0]).toMatch(/^a in/); // past the bar, to the verdict
    expect(order.indexOf("a in actions")).toBeLessThan(order.indexOf("a in log"));
  });

  test("while the line is lost nothing that would act is a stop, and all that can be read is", async () => {
    const { server } = await serve("outage");
    const page = await open(server.url);
    await page.context().setOffline(true);
    await page.waitForSelector("html[data-line=lost]");
    const order = (await stops(page)).map((s) => s.what);
    expect(order.filter((what) => /in (actions|world)/.test(what))).toEqual([]);
    expect(order).toContain("a in log");
  });

  test("a dialog takes the focus, is told as one by its question, and gives it back", async () => {
    const { server } = await serve("outage");
    const page = await open(server.url);
    await page.locator("#actions a").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("reason");
    const [dialog] = (await heard(page)).filter((node) => node.role === "dialog");
    expect(dialog?.name).toBe("Hold every move?");
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => document.activeElement?.closest("[id]")?.id)).toBe("actions");
  });
});

describe("by ear", () => {
  test("the verdict is the heading of all, and each part is a place of its own with a name", async () => {
    const { server } = await serve("outage");
    const page = await open(server.url);
    const nodes = await heard(page);
    const named = (role: string) => nodes.filter((n) => n.role === role).map((n) => n.name);
    expect(named("heading")[0]).toMatch(/^Users in us-east-1 are failing/);
    expect(named("region")).toEqual(
      expect.arrayContaining(["Regions", "Cascade", "Incidents", "Users", "Log", "Services", "Over time"]),
    );
    expect(named("region").filter((name) => name === "")).toEqual([]);
    expect(named("table")).toEqual(["Regions", "What fell and what may fall next", "Services"]);
    expect(named("rowheader")).toContain("us-east-1 primary, not fit, drained");
    expect(named("image")[0]).toMatch(/^Failing requests over time; .* now 36 %$/);
  });
});

/** What assistive technology is given, in the order of reading. */
async function heard(page: Page): Promise<{ role: string; name: string }[]> {
  const line = await page.context().newCDPSession(page);
  const { nodes } = await line.send("Accessibility.getFullAXTree");
  const known = new Map(nodes.map((node) => [node.nodeId, node]));
  const read = (id: string): { role: string; name: string }[] => {
    const node = known.get(id);
    const own = { role: String(node?.role?.value ?? ""), name: String(node?.name?.value ?? "") };
    return [...(node && !node.ignored ? [own] : []), ...(node?.childIds ?? []).flatMap(read)];
  };
  return read(nodes[0]?.nodeId ?? "");
}
