/** infra/replayed · border. A story as plain text: `#` says what it is and whose word it is, settings say what is watched,
 *  `+MINUTE` lines say what went wrong and what was mended, `expect` lines what should come of it, and what stands below
 *  `----` is what came of it when somebody last looked. How to write one: docs/replays.md. */
import { BadInput, nearest } from "../../store/mod.ts";
import { checkSense, type Written } from "./sense.ts";

/** What becomes of one subject at one minute. `users` and `zone x` are of the home region; a service may say another. */
export type Event = { minute: number; subject: string; state: string; note: string };

export type Expectation =
  | { kind: "root"; node: string; by: number }
  | { kind: "standby"; by: number | null }
  | { kind: "moved"; from: number; by: number | null }
  | { kind: "scope"; scope: string; at: number }
  | { kind: "second-wave"; at: number };

export type Story = {
  name: string;
  /** All `#` lines from its beginning, as they stand. */
  head: string[];
  title: string;
  home: string;
  standby: string;
  witness: string;
  /** Minute at which the public summary, or the press, has it noticed in public; null where that is not known. */
  noticed: number | null;
  /** Services whose names are asked, and those that are called as well; with a region where it is not the home. */
  names: string[];
  calls: string[];
  from: number;
  until: number;
  events: Event[];
  expectations: Expectation[];
  /** The lines above `----`, and those below it. */
  told: string[];
  recorded: string[];
};

const settings = ["title", "home", "standby", "witness", "noticed", "names", "calls", "until"];

/** Throws `BadInput` that names the line. */
export function readStory(text: string, name: string): Story {
  const lines = text.split("\n");
  const cut = lines.indexOf("----");
  const told = (cut < 0 ? lines : lines.slice(0, cut)).map((l) => l.trimEnd());
  const story: Story = {
    name,
    head: told.filter((l) => l.startsWith("#")),
    title: name,
    home: "us-east-1",
    standby: "us-west-2",
    witness: "eu-west-1",
    noticed: null,
    names: [],
    calls: [],
    from: -15,
    until: 0,
    events: [],
    expectations: [],
    told,
    recorded: cut < 0 ? [] : lines.slice(cut + 1).filter((l) => l !== ""),
  };
  const written: Written[] = [];
  told.forEach((line, i) => {
    const words = (line.split("#")[0] ?? "").trim();
    const where = `${name}:${i + 1}`;
    if (words !== "") written.push({ ...readLine(words, line, story, where), where });
  });
  if (story.until === 0) story.until = Math.max(...story.events.map((e) => e.minute), 0) + 30;
  if (story.events.length === 0)
    throw new BadInput(`${name}: expected at least one line such as "+0 dynamodb nodata"`);
  checkSense(story, written);
  return story;
}

function readLine(words: string, line: string, story: Story, where: string): Omit<Written, "where"> {
  const [first = "", ...rest] = words.split(/\s+/);
  if (/^[+-]\d+$/.test(first)) {
    const zone = rest[0] === "zone";
    const subject = zone ? rest.slice(0, 2).join(" ") : (rest[0] ?? "");
    const state = rest.slice(zone ? 2 : 1).join(" ");
    if (!subject || !state)
      throw new BadInput(
        `${where}: expected "+MINUTE SUBJECT STATE", such as "+3 sts timeout"; got ${words}`,
      );
    const note = line.includes("#") ? line.slice(line.indexOf("#") + 1).trim() : "";
    const event = { minute: Number(first), subject, state, note };
    story.events.push(event);
    return { event };
  }
  if (first === "expect") {
    const expected = expectation(rest, where);
    story.expectations.push(expected);
    return { expectation: expected };
  }
  set(first, rest, story, where);
  return {};
}

function set(key: string, values: string[], story: Story, where: string): void {
  const value = values.join(" ");
  switch (key) {
    case "title":
    case "home":
    case "standby":
    case "witness":
      story[key] = value;
      return;
    case "noticed":
    case "until":
      story[key] = minute(value, where);
      return;
    case "names":
    case "calls":
      story[key].push(...values);
      return;
    default: {
      const meant = nearest(key, [...settings, "expect"]);
      throw new BadInput(
        `${where}: expected one of ${settings.join(", ")}, expect, or a minute such as +3; got ${key}${meant ? `; did you mean ${meant}?` : ""}`,
      );
    }
  }
}

/** `root NODE by N`, `standby by N`, `no standby`, `moved by N`, `moved from N by N`, `no move`, `scope KIND at N`, `second-wave at N`. */
function expectation(words: string[], where: string): Expectation {
  const text = words.join(" ");
  const [first = "", second = "", third = ""] = words;
  const last = () => minute(words.at(-1) ?? "", where);
  if (first === "root" && third === "by") return { kind: "root", node: second, by: last() };
  if (text === "no standby") return { kind: "standby", by: null };
  if (text === "no move") return { kind: "moved", from: 0, by: null };
  if (first === "standby" && second === "by") return { kind: "standby", by: last() };
  if (first === "moved" && second === "by") return { kind: "moved", from: 0, by: last() };
  if (first === "moved" && second === "from" && words[3] === "by")
    return { kind: "moved", from: minute(third, where), by: last() };
  if (first === "scope" && third === "at") return { kind: "scope", scope: second, at: last() };
  if (first === "second-wave" && second === "at") return { kind: "second-wave", at: last() };
  throw new BadInput(
    `${where}: expected root NODE by N, standby by N, no standby, moved by N, moved from N by N, no move, scope KIND at N, or second-wave at N; got ${text}`,
  );
}

function minute(text: string, where: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new BadInput(`${where}: expected a whole minute such as +23; got ${text}`);
}
