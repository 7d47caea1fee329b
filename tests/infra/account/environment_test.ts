/** What entries are told by their environment, as it is read and as it is written. */
import { describe, expect, test } from "vitest";
import { analyzerEntry } from "../../../infra/account/analyzer.ts";
import { readEnvironment, writeEnvironment } from "../../../infra/account/environment.ts";
import { type EntryName, reads, variables } from "../../../infra/account/variables.ts";
import { topology } from "../../../infra/simulated/stage.ts";
import { BadInput } from "../../../store/records.ts";

const house = topology();
const told = {
  HOLDFAST_WORKLOAD: "shop",
  HOLDFAST_REGION: "us-west-2",
  HOLDFAST_TOPOLOGY: JSON.stringify(house),
  HOLDFAST_ROUNDS_TABLE: "holdfast-shop-rounds",
  HOLDFAST_STATE_TABLE: "holdfast-shop-state",
  HOLDFAST_VANTAGE: "us-west-2",
  HOLDFAST_LEVER: '{"kind":"metric","alarm":"holdfast-shop-drain"}',
  HOLDFAST_STATUS: "Shop",
  HOLDFAST_AUDIT:
    '{"workload":"shop","primary":"us-east-1","standby":"us-west-2","domain":null,"lever":"metric","alarm":"holdfast-shop-drain","canaries":{}}',
};
const entries = Object.keys(reads) as EntryName[];
const knowing = ["prober", "analyzer", "dashboard", "status"] as const; // of the house; the drain knows its own table alone, the auditor what was made

describe("readEnvironment()", () => {
  test.each(entries)("gives the %s all it reads, with defaults for what may be left out", (entry) => {
    const read = readEnvironment(entry, told);
    expect(Object.keys(read).sort()).toEqual([...reads[entry]].sort());
  });

  test.each(knowing)("gives the %s the house as it is, and the rules with their defaults", (entry) => {
    const read = readEnvironment(entry, told);
    expect(read.HOLDFAST_TOPOLOGY).toEqual(house);
    expect(read.HOLDFAST_RULES.cadenceMs).toBe(10_000);
  });

  test.each(entries)(
    "names every variable that the %s misses, with what it is for and an example",
    (entry) => {
      const missing = reads[entry].filter((name) => name in told);
      for (const name of missing) {
        const { [name as keyof typeof told]: _, ...rest } = told;
        const { doc, example } = variables[name];
        expect(() => readEnvironment(entry, rest)).toThrow(
          `${name}: expected ${doc}; such as ${example}; nothing is set`,
        );
      }
    },
  );

  const wrong: [string, EntryName, Record<string, string>, RegExp][] = [
    [
      "a workload in capitals",
      "analyzer",
      { HOLDFAST_WORKLOAD: "Shop" },
      /HOLDFAST_WORKLOAD: .*; got "Shop"/,
    ],
    [
      "a region that is none",
      "prober",
      { HOLDFAST_REGION: "Oregon" },
      /HOLDFAST_REGION: .*us-east-1.*"Oregon"/,
    ],
    ["rules that do not exist", "analyzer", { HOLDFAST_RULES: '{"mood":"bold"}' }, /HOLDFAST_RULES: .*mood/],
    ["rules that are no JSON", "analyzer", { HOLDFAST_RULES: "{" }, /HOLDFAST_RULES: expected JSON/],
    ["a topology without regions", "prober", { HOLDFAST_TOPOLOGY: "{}" }, /HOLDFAST_TOPOLOGY: .*regions/],
    [
      "a file that is not there",
      "prober",
      { HOLDFAST_TOPOLOGY: "gone.json" },
      /HOLDFAST_TOPOLOGY: .*gone\.json/,
    ],
    ["parts that are not there", "analyzer", { HOLDFAST_PARTS: "gone.yaml" }, /HOLDFAST_PARTS: .*gone\.yaml/],
    [
      "a vantage point that is none",
      "prober",
      { HOLDFAST_VANTAGE: "mars" },
      /HOLDFAST_VANTAGE: .*eu-west-1.*mars/,
    ],
    [
      "a vantage point elsewhere",
      "prober",
      { HOLDFAST_VANTAGE: "eu-west-1" },
      /HOLDFAST_REGION: expected eu-west-1/,
    ],
    ["a lever of no kind", "analyzer", { HOLDFAST_LEVER: '{"kind":"crank"}' }, /HOLDFAST_LEVER: .*/],
    ["a timeout of nothing", "prober", { HOLDFAST_TIMEOUT_MS: "0" }, /HOLDFAST_TIMEOUT_MS: /],
    [
      "a canary about nothing",
      "analyzer",
      { HOLDFAST_CANARIES: '{"eu-west-1":{"walk":"moon"}}' },
      /HOLDFAST_CANARIES: walk in eu-west-1 asks about moon/,
    ],
    [
      "a whole ARN",
      "analyzer",
      { HOLDFAST_BALANCERS: '{"us-east-1":"arn:aws:elasticloadbalancing:x"}' },
      /HOLDFAST_BALANCERS: .*app\/NAME\/ID/,
    ],
  ];
  test.each(wrong)("refuses %s, and says what came", (_, entry, change, complaint) => {
    expect(() => readEnvironment(entry, { ...told, ...change })).toThrow(complaint);
    expect(() => readEnvironment(entry, { ...told, ...change })).toThrow(BadInput);
  });

  test("says all that is wrong at once", () => {
    const read = () => readEnvironment("analyzer", { ...told, HOLDFAST_WORKLOAD: "", HOLDFAST_RULES: "no" });
    expect(read).toThrow(/HOLDFAST_WORKLOAD.*\n.*HOLDFAST_RULES/);
  });
});

test("the analyzer knows the workload's own parts, and refuses those of a part that is none", () => {
  const entry = (parts: string) =>
    analyzerEntry(readEnvironment("analyzer", { ...told, HOLDFAST_PARTS: parts }), {
      hands: () => ({ carryOut: async () => true, publish: async () => undefined }),
    });
  expect(entry('[{ "part": "checkout", "needs": ["dynamodb"] }]').name).toBe("analyzer");
  expect(() => entry('[{ "part": "checkout", "needs": ["dinamodb"] }]')).toThrow(
    /HOLDFAST_PARTS:1, part 1.*dinamodb.*dynamodb/s,
  );
});

describe("writeEnvironment()", () => {
  test.each(["drain", "auditor"] as const)("writes no more than the %s reads, and that the same", (entry) => {
    const read = readEnvironment(entry, told);
    const written = writeEnvironment(entry, { ...told, ...read });
    expect(Object.keys(written).sort()).toEqual([...reads[entry]].sort());
    expect(readEnvironment(entry, written)).toEqual(read);
  });

  test.each(knowing)("writes what the %s reads back the same", (entry) => {
    const read = readEnvironment(entry, told);
    const lean = {
      ...read,
      HOLDFAST_TOPOLOGY: "topology.json",
      HOLDFAST_RULES: { mode: "approve" } as never,
    };
    const written = writeEnvironment(entry, lean);
    const again = readEnvironment(entry, { ...written, HOLDFAST_TOPOLOGY: JSON.stringify(house) });
    expect(again).toEqual({ ...read, HOLDFAST_RULES: { ...read.HOLDFAST_RULES, mode: "approve" } });
  });

  test("refuses more than a function's environment holds, and says where the topology can go instead", () => {
    const read = readEnvironment("prober", told);
    expect(() => writeEnvironment("prober", read)).toThrow(/holds 4096.*a file beside the code/);
  });
});
