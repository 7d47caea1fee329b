/** tests · replays. Every past outage that ships, through the real loop on virtual time: what its text expects, and what
 *  was recorded below its line. Run with RECORD=1 to record anew, then read the diff. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { play } from "../infra/replayed/play.ts";
import { tell } from "../infra/replayed/say.ts";
import { storyFile, storyNames, storyText } from "../infra/replayed/shelf.ts";
import { stageOf } from "../infra/replayed/stage.ts";
import { readStory } from "../infra/replayed/story.ts";

describe.each(storyNames())("%s", (name) => {
  test("goes as its text expects, and as it was recorded", async () => {
    const story = readStory(storyText(name), name);
    const played = await play(name, stageOf(story), story.expectations);
    const happened = tell(played, story.home, story.noticed);
    if (process.env.RECORD)
      writeFileSync(storyFile(name), `${story.told.join("\n").trim()}\n\n----\n${happened.join("\n")}\n`);
    expect(played.met.filter((m) => !m.met)).toEqual([]);
    expect(happened).toEqual(process.env.RECORD ? happened : story.recorded);
  });

  test("says whose word it is, and what of it is assumed", () => {
    const head = readStory(storyText(name), name).head.join("\n");
    const flowing = head.replaceAll("\n# ", " ");
    expect(head).toMatch(/^# Sources?: /m);
    expect(flowing).toMatch(/[Aa]ssumed.*[Oo]f the workload/);
  });
});

test("the shelf holds the large regional ones, zonal ones, and the one that grew", () => {
  expect(storyNames()).toEqual(
    expect.arrayContaining([
      ...["oct-2025", "oct-2025-nxdomain", "s3-2017", "kinesis-2020", "network-2021", "lambda-2023"],
      ...["dynamodb-2015", "kinesis-2024", "seoul-2018", "power-2022", "cooling-2026", "me-central-2026"],
    ]),
  );
});

test("the story in the guide goes as it says", async () => {
  const guide = readFileSync(new URL("../docs/replays.md", import.meta.url), "utf8");
  const [, text = ""] = /```\n(# 2024[^`]*)```/.exec(guide) ?? [];
  const story = readStory(text, "guide");
  expect(story.expectations.length).toBeGreaterThan(3);
  expect((await play("guide", stageOf(story), story.expectations)).met.filter((m) => !m.met)).toEqual([]);
});

test.each([
  ["+0 s3 timeout\n", /expected users, zone a\|b\|c, or what is watched/],
  ["calls s3\n+0 s4 timeout\n", /did you mean s3\?/],
  ["calls s3\n+0 s3\n", /story:2: expected "\+MINUTE SUBJECT STATE"/],
  ["call s3\n+0 s3 timeout\n", /story:1: expected one of title.*did you mean calls\?/],
  ["calls s3\n+0 s3 timeout\nexpect moved soon\n", /story:3: expected root NODE by N/],
  ["calls s3\nuntil late\n", /story:2: expected a whole minute/],
  [
    "calls s3\n+0 users banana\n",
    /story:2: expected "users well", or a share of them such as "users 50% timeout"/,
  ],
  ["calls s3\n+0 users 150% timeout\n", /story:2: expected "users well", or a share/],
  ["calls s3\n+0 users 50% timeuot\n", /did you mean timeout\?/],
  ["calls s3\n+0 zone d power\n", /story:2: expected zone a\|b\|c; got zone d/],
  ["calls s3\n+0 s3 timeuot\n", /story:2: expected well, .*did you mean timeout\?/],
  ["names s3\n+0 s3 status-500\n", /s3 is asked by name alone, .*status-500 is seen by who calls it/],
  [
    "calls s3\n+0 s3@us-west-1 timeout\n",
    /story:2: expected s3 where it is asked, in us-east-1 or us-west-2/,
  ],
  ["calls s3\n+0 s3 timeout\n+50 s3 timeout\nuntil +20\n", /story:3: expected what fails by \+20/],
  ["calls s3\n+0 s3 timeout\nexpect scope regionl at 5\n", /story:3: .*did you mean regional\?/],
  ["calls s3\n+0 s3 timeout\nexpect scope regional at 500\n", /story:3: expected a minute by \+30/],
  ["calls s3\n+0 s3 timeout\nexpect root s3 by 5\n", /story:3: expected SERVICE@REGION/],
  ["home us-est-1\ncalls s3\n+0 s3 timeout\n", /home: expected a region such as us-east-1; got us-est-1/],
  [
    "standby us-east-1\ncalls s3\n+0 s3 timeout\n",
    /expected three regions; got home us-east-1, standby us-east-1/,
  ],
  ["title nothing\n", /expected at least one line such as "\+0 dynamodb nodata"/],
])("a story that reads %j is refused, with its line and what was meant", (text, says) => {
  expect(() => readStory(text, "story")).toThrow(says);
});
