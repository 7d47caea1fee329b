/** The real Pulumi CLI and its engine bring the trio up in a local AWS API, change it, are stopped by the policy pack, and take
 *  it down: by `pulumi` itself and by `holdfast preview | deploy | destroy`. What stands in: the language host
 *  (language-host.ts) and the AWS provider (provider.ts). Run by `npm run test:cli`, after `tests/infra/cli/build`. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import {
  ChangeResourceRecordSetsCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { credentials } from "../../store/tables.ts";
import { type Cli, cliIn, projectIn, pulumi } from "./cli.ts";
import { startApi } from "./local-api.ts";

const stacks = ["us-west-2", "eu-west-1", "us-east-1"] as const;
type Told = { stacks: { stack: string; changes: Record<string, number> | null; error: string | null }[] };

describe("the trio by the real CLI", () => {
  let api: Awaited<ReturnType<typeof startApi>>;
  let folder: string;
  let place: string;
  let cli: Cli;

  beforeAll(async () => {
    if (!pulumi()) throw new Error("expected the Pulumi CLI; tests/infra/cli/build makes it");
    api = await startApi();
    folder = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
    place = projectIn(folder);
    cli = cliIn(folder, api.url, place);
    for (const stack of stacks)
      set(stack, { "holdfast:domain": "shop.example.com", "holdfast:zoneId": "Z0EXAMPLE" });
  }, 120_000);
  afterAll(async () => {
    api?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const file = (stack: string) => join(place, `Pulumi.${stack}.yaml`);
  const set = (stack: string, values: Record<string, string>) => {
    const document = parseDocument(readFileSync(file(stack), "utf8"));
    for (const [key, value] of Object.entries(values)) document.setIn(["config", key], value);
    writeFileSync(file(stack), String(document));
  };
  const holdfast = async (...args: string[]) => {
    const { code, said } = await cli.run("node", join(place, "holdfast.ts"), ...args);
    return { code, said };
  };
  const told = (said: string): Told =>
    JSON.parse(said.slice(said.indexOf("{\n")).replace(/\n}\n(.|\n)*$/, "\n}"));
  const changes = (said: string) => Object.fromEntries(told(said).stacks.map((s) => [s.stack, s.changes]));
  const tables = async (region: string, endpoint = api.url) => {
    const client = new DynamoDBClient({ region, endpoint, credentials });
    return ((await client.send(new ListTablesCommand({}))).TableNames ?? []).toSorted();
  };
  /** Those at work: one that was deleted is still known for a while, as in AWS. */
  const services = async (region: string) => {
    const client = new ECSClient({ region, endpoint: api.url, credentials });
    const asked = new DescribeServicesCommand({ cluster: "holdfast-shop", services: ["holdfast-shop"] });
    const { services: found = [] } = await client.send(asked).catch(() => ({ services: [] }));
    return found.filter(({ status }) => status === "ACTIVE").map(({ serviceArn }) => serviceArn);
  };

  /** A pack of its own beside the project. */
  const pack = (name: string, text: string) => {
    mkdirSync(join(place, name));
    for (const file of ["PulumiPolicy.yaml", "package.json", "start.js"])
      writeFileSync(join(place, name, file), readFileSync(join(place, "policies", file)));
    writeFileSync(join(place, name, "index.ts"), `import { PolicyPack } from "@pulumi/policy";\n${text}\n`);
  };

  it("previews what would be made, and makes nothing", async () => {
    const { code, said } = await holdfast("preview", "--json");
    expect([code, said.includes("failed")], said.slice(-3000)).toEqual([0, false]);
    for (const stack of stacks) expect(changes(said)[stack]?.create).toBeGreaterThan(30);
    expect(await tables("us-west-2")).toEqual([]);
  });

  it("stops at the first stack that a sentence speaks against, and says which; nothing is made", async () => {
    pack(
      "strict",
      `import { namesFollowWithin } from "../policies/mod.ts";
new PolicyPack("strict", { enforcementLevel: "mandatory", policies: [namesFollowWithin({ seconds: 30 })] });`,
    );
    const { code, said } = await holdfast("deploy", "--json", "--policy-pack", "strict");
    expect(code).toBe(1);
    expect(told(said).stacks.map(({ stack }) => stack)).toEqual(["us-west-2"]);
    expect(said).toContain("names-follow");
    expect(said).toContain("set ttl to 30 or less");
    expect(said).toContain("Stopped at us-west-2. Mend that and run `holdfast deploy` again");
    expect(await services("us-west-2")).toEqual([]);
  });

  it("lets a sentence speak and not stop where its level was set so", async () => {
    const levels = join(place, "levels.json");
    writeFileSync(levels, JSON.stringify({ "names-follow": "advisory" }));
    const packed = ["--policy-pack", "strict", "--policy-pack-config", levels];
    const { code, said } = await cli.pulumi("preview", "--stack", "us-west-2", ...packed);
    expect([code, said.includes("[advisory]"), said.includes("set ttl to 30")], said.slice(-3000)).toEqual([
      0,
      true,
      true,
    ]);
  });

  it("stops at the primary where that alone is spoken against, and keeps what stands", async () => {
    pack(
      "shut",
      `const refusal = "No PRIMARY record yet; wait for the change window.";
new PolicyPack("shut", { enforcementLevel: "mandatory", policies: [{
  name: "no-primary-yet",
  description: refusal,
  validateResource: ({ props }, report) => {
    if (props.failoverRoutingPolicies?.[0]?.type === "PRIMARY") report(refusal);
  },
}] });`,
    );
    const { code, said } = await holdfast("deploy", "--json", "--policy-pack", "shut");
    expect([code, told(said).stacks.map(({ stack }) => stack)], said.slice(-3000)).toEqual([1, [...stacks]]);
    expect(said).toContain("Stopped at us-east-1. Mend that and run `holdfast deploy` again");
    expect([await services("us-west-2"), await services("us-east-1")].map((all) => all.length)).toEqual([
      1, 0,
    ]);
  });

  it("goes on from there: what stands is as before, the primary comes last and is told what drains it", async () => {
    const { code, said } = await holdfast("deploy", "--json");
    expect([code, said.includes("failed")], said.slice(-3000)).toEqual([0, false]);
    const last = told(said).stacks.at(-1);
    for (const { changes } of told(said).stacks.slice(0, 2))
      expect(changes).toMatchObject({ create: 0, update: 0, delete: 0, replace: 0 });
    expect(changes(said)["us-east-1"]?.create).toBeGreaterThan(30);
    expect(told(said).stacks.map(({ stack }) => stack)).toEqual([...stacks, "us-west-2"]);
    expect(readFileSync(file("us-east-1"), "utf8")).toMatch(/holdfast:drainCheck: [0-9a-f-]{36}/);
    expect(readFileSync(file("us-west-2"), "utf8")).toMatch(/holdfast:primaryBalancer: app\/holdfast-shop\//);
    // Once more, as it was told the primary's balancer: the analyzer hears the users there.
    expect(last?.changes).toMatchObject({ create: 0, update: 1, delete: 0, replace: 0 });
    expect(await tables("us-west-2")).toEqual(["holdfast-shop-rounds", "holdfast-shop-state"]);
    for (const region of ["us-west-2", "us-east-1"]) expect(await services(region)).toHaveLength(1);
  });

  it("changes nothing the second time, by pulumi itself", async () => {
    for (const stack of stacks) {
      const up = ["up", "--yes", "--skip-preview", "--stack", stack, "--expect-no-changes"];
      const { code, said } = await cli.pulumi(...up, "--policy-pack", "policies");
      expect([code, said.includes("unchanged")], said).toEqual([0, true]);
    }
  });

  it("changes what a setting changes, where it was set, and no more", async () => {
    set("eu-west-1", { "holdfast:alertEmail": "ops@example.com" });
    const { code, said } = await holdfast("deploy", "--json");
    expect(code, said.slice(-3000)).toBe(0);
    expect(changes(said)["eu-west-1"]).toMatchObject({ create: 1, update: 0, delete: 0, replace: 0 });
    for (const stack of ["us-west-2", "us-east-1"])
      expect(changes(said)[stack]).toMatchObject({ create: 0, update: 0, delete: 0, replace: 0 });
  });

  it("sets right what a hand has changed, where it is asked to look first", async () => {
    const client = new Route53Client({ region: "us-east-1", endpoint: api.url, credentials });
    const { HostedZones = [] } = await client.send(new ListHostedZonesCommand({}));
    const HostedZoneId = HostedZones[0]?.Id ?? "";
    const primary = async () => {
      const asked = new ListResourceRecordSetsCommand({ HostedZoneId });
      const { ResourceRecordSets = [] } = await client.send(asked);
      const found = ResourceRecordSets.find(({ Failover }) => Failover === "PRIMARY");
      if (!found?.AliasTarget) throw new Error("expected a PRIMARY record");
      return { found, alias: found.AliasTarget };
    };
    const { found, alias } = await primary();
    const DNSName = "old-9.us-east-1.elb.amazonaws.com";
    const ResourceRecordSet = { ...found, AliasTarget: { ...alias, DNSName } };
    const ChangeBatch = { Changes: [{ Action: "UPSERT" as const, ResourceRecordSet }] };
    await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
    const { code, said } = await holdfast("deploy", "--json", "--refresh");
    expect(code, said.slice(-3000)).toBe(0);
    expect(changes(said)["us-east-1"]).toMatchObject({ create: 0, update: 1, delete: 0, replace: 0 });
    expect((await primary()).alias.DNSName).toBe(alias.DNSName);
  });

  it("says what is wrong with a setting before anything is touched", async () => {
    const before = readFileSync(file("eu-west-1"), "utf8");
    set("eu-west-1", { "holdfast:zones": "a" });
    const { code, said } = await holdfast("deploy");
    expect(code).toBe(2);
    expect(said).toContain("holdfast:zones: expected two or three letters of zones, as a,b; got");
    const { code: alone, said: spoken } = await cli.pulumi("preview", "--stack", "eu-west-1");
    expect([alone === 0, spoken.includes("holdfast:zones: expected two or three letters")]).toEqual([
      false,
      true,
    ]);
    writeFileSync(file("eu-west-1"), before);
  });

  it("does not take anything down unasked", async () => {
    const { code, said } = await holdfast("destroy");
    expect(code).toBe(2);
    expect(said).toContain("no terminal is there; say --yes");
    expect(await services("us-east-1")).toHaveLength(1);
  });

  it("takes all down but the tables, the primary first", async () => {
    const { code, said } = await holdfast("destroy", "--json", "--yes");
    expect([code, said.includes("failed")], said.slice(-3000)).toEqual([0, false]);
    expect(told(said).stacks.map(({ stack }) => stack)).toEqual([...stacks].reverse());
    expect(await tables("us-west-2")).toEqual(["holdfast-shop-rounds", "holdfast-shop-state"]);
    for (const region of ["us-west-2", "us-east-1"]) expect(await services(region)).toEqual([]);
    const files = [...stacks].map((stack) => readFileSync(file(stack), "utf8")).join("\n");
    expect(files).not.toMatch(/drainCheck|primaryBalancer/); // what stacks told each other is no more so
  });

  it("brings the stack `local` up at the addresses that its own file names, and no other", async () => {
    const other = await startApi();
    try {
      writeFileSync(
        file("local"),
        readFileSync(file("local"), "utf8").replaceAll("http://127.0.0.1:5566", other.url),
      );
      const before = await tables("us-west-2");
      for (const args of [
        ["stack", "init", "local"],
        ["up", "--yes", "--skip-preview", "--stack", "local", "--policy-pack", "policies"],
      ]) {
        const { code, said } = await cli.pulumi(...args);
        expect(code, said.slice(-3000)).toBe(0);
      }
      expect(await tables("us-west-2", other.url)).toEqual(["holdfast-shop-rounds", "holdfast-shop-state"]);
      expect(await tables("us-west-2")).toEqual(before);
    } finally {
      other.stop();
    }
  });
});
