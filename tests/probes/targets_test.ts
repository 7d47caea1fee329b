/** What may be watched: the catalogue, and files of one's own. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalogue, endpointOf, type Selection, services } from "../../probes/catalogue.ts";
import { parseResolver, writeResolver } from "../../probes/resolver.ts";
import { parseTargets, readTargets } from "../../probes/targets.ts";
import { BadInput, Target } from "../../store/records.ts";

describe("the catalogue", () => {
  test("names eight services in each region as AWS does", () => {
    expect(catalogue({ regions: ["us-east-1"] }).map(({ id, name }) => [id, name])).toEqual([
      ["dynamodb@us-east-1/A", "dynamodb.us-east-1.amazonaws.com"],
      ["dynamodb-streams@us-east-1/A", "streams.dynamodb.us-east-1.amazonaws.com"],
      ["rds@us-east-1/A", "rds.us-east-1.amazonaws.com"],
      ["ec2@us-east-1/A", "ec2.us-east-1.amazonaws.com"],
      ["elb@us-east-1/A", "elasticloadbalancing.us-east-1.amazonaws.com"],
      ["lambda@us-east-1/A", "lambda.us-east-1.amazonaws.com"],
      ["s3@us-east-1/A", "s3.us-east-1.amazonaws.com"],
      ["sts@us-east-1/A", "sts.us-east-1.amazonaws.com"],
    ]);
    expect(catalogue()).toHaveLength(24);
    for (const target of catalogue()) expect(Target.parse(target)).toEqual(target);
  });

  const name = (selection: Selection) =>
    catalogue(selection).map((target) => `${target.name} ${target.type}`);

  test.for([
    [{ regions: ["cn-north-1"], services: ["s3"] }, ["s3.cn-north-1.amazonaws.com.cn A"]],
    [
      { regions: ["us-east-1"], services: ["dynamodb"], types: ["A", "AAAA"] },
      ["dynamodb.us-east-1.amazonaws.com A", "dynamodb.us-east-1.amazonaws.com AAAA"],
    ],
    [
      { regions: ["us-east-1"], services: ["rds"], variants: ["dual-stack"] },
      ["rds.us-east-1.api.aws A", "rds.us-east-1.api.aws AAAA"],
    ],
    [
      { regions: ["us-east-1"], services: ["s3"], variants: ["dual-stack"], types: ["AAAA"] },
      ["s3.dualstack.us-east-1.amazonaws.com AAAA"],
    ],
    [
      { regions: ["cn-north-1"], services: ["ec2"], variants: ["dual-stack"], types: ["A"] },
      ["ec2.cn-north-1.api.amazonwebservices.com.cn A"],
    ],
    [
      { regions: ["us-east-1"], services: ["dynamodb-streams", "eks"], variants: ["fips"] },
      ["streams.dynamodb-fips.us-east-1.amazonaws.com A", "fips.eks.us-east-1.amazonaws.com A"],
    ],
    [
      { regions: ["us-gov-west-1"], services: ["lambda", "ec2"], variants: ["fips"] },
      ["lambda-fips.us-gov-west-1.amazonaws.com A", "ec2.us-gov-west-1.amazonaws.com A"],
    ],
    [
      { regions: ["us-east-1"], services: ["secretsmanager"], variants: ["dual-stack"] },
      ["secretsmanager.us-east-1.amazonaws.com A", "secretsmanager.us-east-1.amazonaws.com AAAA"],
    ],
    [
      { services: ["route53", "signin", "globalaccelerator"], variants: ["global"] },
      ["route53.amazonaws.com A", "signin.aws.amazon.com A", "globalaccelerator.us-west-2.amazonaws.com A"],
    ],
    [
      { regions: ["us-east-1"], variants: ["account"], account: "123456789012" },
      ["123456789012.ddb.us-east-1.amazonaws.com A"],
    ],
    [
      { services: ["iam", "sts", "dynamodb"], variants: ["global"] },
      ["sts.amazonaws.com A", "iam.amazonaws.com A"],
    ],
  ] satisfies [Selection, string[]][])("%j", ([selection, expected]) => {
    expect(name(selection).toSorted()).toEqual(expected.toSorted());
  });

  test("every name leads back to its service and region, and has an id of its own; others lead nowhere", () => {
    const all = catalogue({
      regions: ["us-east-1", "cn-north-1"],
      services,
      variants: ["regional", "dual-stack", "fips", "account", "global"],
      account: "123456789012",
    });
    for (const target of all) {
      expect(Target.parse(target)).toEqual(target);
      expect(endpointOf(target.name)).toEqual({ service: target.service, region: target.region });
    }
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const other of [
      "example.com",
      "dynamodb.example.com",
      "unheard-of.us-east-1.amazonaws.com",
      "amazonaws.com",
      "",
    ]) {
      expect(endpointOf(other)).toBeNull();
    }
  });

  test.for([
    [{ services: ["dynamo"] }, /expected one of dynamodb, dynamodb-streams; got "dynamo"/],
    [{ services: ["database"] }, /expected one of dynamodb, .*, rds, .*; got "database"/],
    [{ variants: ["account"] }, /expected its twelve digits; got ""/],
    [{ variants: ["account"], account: "12345678901x" }, /got "12345678901x"/],
    [{ services: ["rds"], variants: ["global"] }, /rds have no name of the kind global/],
    [{ regions: ["cn-north-1"], variants: ["fips"] }, /no name of the kind fips/],
    [
      { regions: ["us-gov-west-1"], variants: ["account"], account: "123456789012" },
      /no name of the kind account/,
    ],
  ] satisfies [Selection, RegExp][])("%j is refused", ([selection, message]) => {
    expect(() => catalogue(selection)).toThrow(BadInput);
    expect(() => catalogue(selection)).toThrow(message);
  });
});

describe("a file of targets", () => {
  test("one a line, with comments, types and URLs", () => {
    const text = `# what we stand on
dynamodb.us-east-1.amazonaws.com

Example.COM.  aaaa   # v6 only
http://127.0.0.1:8080/health#part
https://example.com
tcp://db.example.com:5432
tls://[::1]:8443
`;
    const targets = parseTargets(text, "watch.txt");
    expect(targets).toMatchObject([
      {
        id: "dynamodb.us-east-1.amazonaws.com/A",
        kind: "dns",
        type: "A",
        service: "dynamodb",
        region: "us-east-1",
      },
      {
        id: "example.com/AAAA",
        kind: "dns",
        name: "example.com",
        type: "AAAA",
        service: "example.com",
        region: "global",
      },
      { kind: "http", url: "http://127.0.0.1:8080/health#part" },
      { kind: "http", url: "https://example.com" },
      { kind: "tcp", host: "db.example.com", port: 5432 },
      { kind: "tls", host: "::1", port: 8443 },
    ]);
    for (const target of targets) expect(Target.parse(target)).toEqual(target);
  });

  test("as JSON, with what can be guessed left out", () => {
    const text = `[
      {"kind":"dns","name":"rds.eu-west-1.amazonaws.com","type":"AAAA"},
      {"kind":"http","url":"http://127.0.0.1/","service":"app","region":"us-west-2","purpose":"workload","id":"front","expectStatus":[204]},
      {"kind":"aws","url":"http://127.0.0.1/tasks"},
      {"kind":"tls","host":"example.com","port":443,"resolver":"127.0.0.1:5053"}
    ]`;
    expect(parseTargets(text, "watch.json")).toMatchObject([
      { id: "rds.eu-west-1.amazonaws.com/AAAA", service: "rds", region: "eu-west-1", purpose: "service" },
      { id: "front", purpose: "workload", service: "app", expectStatus: [204] },
      { kind: "aws", service: "127.0.0.1" },
      { kind: "tls", resolver: "127.0.0.1:5053" },
    ]);
  });

  test("as YAML, and a selection from the catalogue among them", () => {
    const text = `# the shop, and what it stands on
- kind: http
  url: https://shop.example.com/health
  id: front
  expectHeader: { content-type: application/json }
  expectJson:
    $.status: ok
  redirectsMax: 2
  everyAddress: true
- kind: aws
  url: aws://rds/eu-west-1
- catalogue: { services: [dynamodb, sts], regions: [eu-west-1], types: [A, AAAA] }
`;
    const targets = parseTargets(text, "watch.yaml");
    expect(targets.map(({ id }) => id)).toEqual([
      "front",
      "aws://rds/eu-west-1",
      "dynamodb@eu-west-1/A",
      "dynamodb@eu-west-1/AAAA",
      "sts@eu-west-1/A",
      "sts@eu-west-1/AAAA",
    ]);
    expect(targets[0]).toMatchObject({
      expectJson: { "$.status": "ok" },
      redirectsMax: 2,
      everyAddress: true,
    });
    expect(targets[1]).toMatchObject({ service: "rds", region: "eu-west-1" });
  });

  test.for([
    ["ok.example.com\n\nnot a name", 'f:3: expected A or AAAA after the name, got "a name"'],
    ["ok.example.com\nb@d", 'f:2: expected a DNS name, got "b@d"'],
    ["192.0.2.1", 'f:1: expected a DNS name, got "192.0.2.1"'],
    ["ok.example.com MX", 'f:1: expected A or AAAA after the name, got "MX"'],
    [
      "ftp://example.com/",
      'f:1: expected http://…, https://…, tcp://HOST:PORT or tls://HOST:PORT, got "ftp://example.com/"',
    ],
    [
      "tcp://example.com",
      'f:1: expected http://…, https://…, tcp://HOST:PORT or tls://HOST:PORT, got "tcp://example.com"',
    ],
    ["tcp://example.com:99999", 'got "tcp://example.com:99999"'],
    ["https://example.com extra", 'f:1: expected nothing after the URL, got "https://example.com extra"'],
    ["", "f: expected at least one target, got an empty file"],
    ["# only words", "f: expected at least one target, got an empty file"],
    ["[]", "f: expected at least one target, got an empty file"],
    ["a.test\na.test A", 'f: expected each target once; got "a.test/A" twice'],
    ["[{]", "f:1: expected YAML or JSON"],
    ["[1]", "f:1, target 1: expected an object"],
    [
      '[{"kind":"dns","name":"a.test","type":"A"},{"kind":"dns","name":"b d","type":"A"}]',
      "f:1, target 2: name: expected a DNS name",
    ],
    ['[{"kind":"dns","name":"a.test","type":"MX"}]', "f:1, target 1: type: "],
    ['[{"kind":"smtp"}]', "f:1, target 1: kind: "],
    ['[{"name":"a.test"}]', "f:1, target 1: kind: "],
    ['[{"kind":"dns","name":"a.test","type":"A","resolver":"dns.google"}]', "expected an IP address"],
    ["- kind: dns\n  name: a.test\n  type: MX", "f:3, target 1: type: "],
    [
      "# ours\n- { kind: tcp, host: a.test, port: 1 }\n- kind: http\n  url: http://a.test/\n  expectStats: [200]",
      "f:5, target 2: unknown key expectStats",
    ],
    [
      "- kind: http\n  url: http://a.test/\n  expectJson:\n    $.ok: true\n    ok: true",
      "f:5, target 1: expectJson.ok: ",
    ],
    ["- kind: dns\n  name: a.test\n   type: A", "f:2: expected YAML or JSON"],
    ["- kind: dns\n  kind: http", "f:2: expected YAML or JSON: Map keys must be unique"],
    [
      "- kind: dns\n  name: a.test\n  type: A\n  resolver: dns.google",
      "f:4, target 1: Cannot read the name server",
    ],
    [
      "- catalogue: { services: [dynamo] }",
      "f:1, target 1: Cannot watch a service: expected one of dynamodb",
    ],
    ["- catalogue:\n    region: [us-east-1]", "f:1, target 1: catalogue: unknown key region"],
    ["---\ntargets: []", "f:2: expected a list of targets"],
    ['[{"kind":"tcp","host":"a.test"}]', "f:1, target 1: port: "],
    ["- kind: http\n  url: http://a.test/\n  expectStatus: [20000]", "f:3, target 1: expectStatus.0: "],
    ["- kind: http\n  url: http://a.test/\n  expectStatus: []", "f:3, target 1: expectStatus: "],
  ] as const)("%j is refused: %s", ([text, message]) => {
    expect(() => parseTargets(text, "f")).toThrow(BadInput);
    expect(() => parseTargets(text, "f")).toThrow(message);
  });

  test("any text is either targets or BadInput, never another error", () => {
    const line = fc.oneof(fc.string(), fc.webUrl(), fc.domain(), fc.string({ unit: "binary" }), fc.json());
    fc.assert(
      fc.property(
        fc
          .array(
            fc.oneof(
              line,
              line.map((text) => `- ${text}`),
              line.map((text) => `- kind: http\n  url: ${text}`),
            ),
          )
          .map((lines) => lines.join("\n")),
        (text) => {
          try {
            for (const target of parseTargets(text, "f")) expect(Target.parse(target)).toEqual(target);
          } catch (error) {
            expect(error).toBeInstanceOf(BadInput);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("is read from the disk; a missing one is BadInput with its name", () => {
    const dir = mkdtempSync(join(tmpdir(), "holdfast-targets-"));
    const file = join(dir, "watch.txt");
    writeFileSync(file, "\uFEFFexample.com\r\nexample.org\r\n");
    expect(readTargets(file).map(({ id }) => id)).toEqual(["example.com/A", "example.org/A"]);
    rmSync(dir, { recursive: true });
    expect(() => readTargets(file)).toThrow(BadInput);
    expect(() => readTargets(file)).toThrow(file);
  });
});

describe("how a name server is written", () => {
  test.for([
    ["127.0.0.1:5053", "127.0.0.1:5053"],
    ["127.0.0.1", "127.0.0.1:53"],
    ["::1", "[::1]:53"],
    ["[::1]:5353", "[::1]:5353"],
    ["[fe80::1%eth0]", "[fe80::1%eth0]:53"],
    ["tcp://192.0.2.1", "tcp://192.0.2.1:53"],
    ["udp://192.0.2.1:54", "192.0.2.1:54"],
    ["https://dns.example/dns-query", "https://dns.example/dns-query"],
    ["auth://192.0.2.1", "auth://192.0.2.1:53"],
  ] as const)("%s is %s", ([text, written]) => {
    expect(writeResolver(parseResolver(text))).toBe(written);
    expect(parseResolver(written)).toEqual(parseResolver(text));
  });

  test.for([
    "",
    "dns.google",
    "127.0.0.1:",
    "127.0.0.1:0",
    "127.0.0.1:65536",
    "127.0.0.1:x",
    "300.0.0.1",
    "[::1",
    "::1:53:",
    "ftp://127.0.0.1",
    "http://dns.example/dns-query",
    "https://",
    "127.0.0.1\n",
  ])("%j is refused, and what came is said", (text) => {
    expect(() => parseResolver(text)).toThrow(BadInput);
    expect(() => parseResolver(text)).toThrow(`got ${JSON.stringify(text)}`);
  });
});
