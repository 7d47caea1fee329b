/** tests · front door. The command line as a person meets it: help, wrong use, and input that cannot be read. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";

const root = new URL("..", import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), "holdfast-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function holdfast(...args: string[]) {
  const child = spawn(process.execPath, ["holdfast.ts", ...args], { cwd: root });
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.on("data", (chunk) => out.push(String(chunk)));
  child.stderr.on("data", (chunk) => err.push(String(chunk)));
  const [code] = await once(child, "close");
  return { code, out: out.join(""), err: err.join("") };
}

const freePorts = ["--port", "0", "--dns-port", "0", "--app-port", "0"];

function file(name: string, contents: string | Uint8Array): string {
  const path = join(scratch, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, contents);
  return path;
}

test.concurrent.each([
  "local",
  "monitor",
  "status",
  "failover",
  "failback",
  "hold",
  "release",
  "approve",
  "break",
  "mend",
  "simulate",
  "what-if",
])("%s --help says what it does, and every command speaks JSON", async (command) => {
  const { code, out, err } = await holdfast(command, "--help");
  expect(code).toBe(0);
  expect(err).toBe("");
  expect(out).toContain(`holdfast ${command}`);
  expect(out).toContain("--json");
});

test.concurrent.each([
  [["nope"], /unknown command 'nope'/],
  [["constructor"], /unknown command 'constructor'/], // which every object has
  [["local", "--prot", "1"], /unknown option '--prot'.*--port/s],
  [["local", "--port", "abc"], /expected 0 to 65535; got abc/],
  [["local", "--port", "70000"], /expected 0 to 65535; got 70000/],
  [["monitor", "--resolver", "somewhere"], /expected an IP address.*got "somewhere"/],
  [["failover", "--from", "us-east-1"], /--to|required/],
])("%j is wrong use: exit code 2, and it says what was expected", async (args, says) => {
  const { code, out, err } = await holdfast(...args);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toMatch(says);
});

test.concurrent.each([
  ["an unknown key", '{ "rulez": {} }', /unknown key rulez, did you mean rules\?/],
  [
    "an unknown rule",
    '{ "rules": { "helthThreshold": 1 } }',
    /unknown key helthThreshold, did you mean healthThreshold\?/,
  ],
  ["a value out of bounds", '{ "rules": { "healthThreshold": 7 } }', /healthThreshold.*<=1; got 7/],
  ["rules that contradict", '{ "rules": { "calmRounds": 40 } }', /calmRounds must not exceed windowRounds/],
  ["hosts without access", '{ "hosts": ["holdfast.example"] }', /expected access beside it/],
  ["access for nobody", `{ "access": { "secret": "${"s".repeat(32)}" } }`, /or nobody could enter/],
  ["no JSON", "rules: {}", /expected a JSON file/],
])("a configuration with %s is refused, with the file's name", async (what, contents, says) => {
  const path = file(`${what}.json`, contents);
  const data = join(scratch, `data ${what}`);
  const { code, err } = await holdfast("local", "--config", path, "--data", data, ...freePorts);
  expect(code).toBe(2);
  expect(err).toContain(path);
  expect(err).toMatch(says);
  expect(readdirSync(scratch)).not.toContain(`data ${what}`);
});

test("a foreign database and a damaged one are refused, and left as they were", async () => {
  const foreign = join(scratch, "foreign");
  mkdirSync(foreign);
  const db = new DatabaseSync(join(foreign, "holdfast.sqlite"));
  db.exec("CREATE TABLE theirs (a)");
  db.close();
  file("damaged/holdfast.sqlite", new Uint8Array(5000).fill(7));
  for (const name of ["foreign", "damaged"]) {
    const dir = join(scratch, name);
    const before = readFileSync(join(dir, "holdfast.sqlite"));
    const { code, err } = await holdfast("local", "--data", dir, ...freePorts);
    expect(code).toBe(2);
    expect(err).toMatch(/Nothing there was changed\. Move it away, or choose another --data DIR/);
    expect(readFileSync(join(dir, "holdfast.sqlite"))).toEqual(before);
    expect(readdirSync(dir)).toEqual(["holdfast.sqlite"]);
  }
});

test("a taken port is named, with the flag that chooses another", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? String(address.port) : "";
  const args = ["--port", port, "--dns-port", "0", "--app-port", "0"];
  const { code, err } = await holdfast("local", "--data", join(scratch, "taken"), ...args);
  server.close();
  expect(code).toBe(2);
  expect(err).toContain(`port ${port} is taken`);
  expect(err).toContain("--port N");
});

test("commands that need a running Holdfast say how to start it", async () => {
  for (const command of [["status"], ["mend"], ["break", "grey", "us-east-1"]]) {
    const { code, err } = await holdfast(...command, "--port", "1");
    expect(code).toBe(1);
    expect(err).toMatch(/does not answer at http:\/\/localhost:1.*npm start/);
  }
});

test("a reader who leaves early, as head does, ends a command quietly", async () => {
  const child = spawn("sh", ["-c", `"${process.execPath}" holdfast.ts what-if dynamodb@us-east-1 | true`], {
    cwd: root,
  });
  const err: string[] = [];
  child.stderr.on("data", (chunk) => err.push(String(chunk)));
  await once(child, "close");
  expect(err.join("")).toBe("");
});
