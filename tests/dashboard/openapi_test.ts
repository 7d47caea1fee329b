/** tests · dashboard. The document that programs are told by: valid by the judgement of others, complete both ways, and
 *  true of every answer in every scene. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAccess } from "../../dashboard/access.ts";
import { createDashboard } from "../../dashboard/mod.ts";
import { openApi } from "../../dashboard/openapi.ts";
import { playground, type Scene, scenes, stage, T, topology } from "./scenes.ts";

async function at(scene: Scene) {
  const { store, rules, now } = await stage(scene);
  return createDashboard({ store, rules, topology, now: () => now, playground: playground(() => T) }).app;
}
type App = Awaited<ReturnType<typeof at>>;

type Documented = {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
  >;
};
const document = openApi({ secured: false, playable: true });
const { paths } = document as unknown as Documented;

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema({ $id: "doc", ...document });

const checks = new Map<string, ReturnType<typeof ajv.compile>>();
function checkOf($ref: string) {
  const check = checks.get($ref) ?? ajv.compile({ $ref });
  checks.set($ref, check);
  return check;
}

/** What is wrong with an answer by the document, as a list; its status and type must be in it too. */
async function faultsOf(app: App, method: string, path: string, route: string, init: RequestInit = {}) {
  const answer = await app.request(path, { method, ...init });
  const told = paths[route]?.[method.toLowerCase()]?.responses[answer.status];
  if (!told) return [`${method} ${path}: status ${answer.status} is not in the document`];
  const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
  if (!told.content?.[type]) return [`${method} ${path}: type ${type} is not in the document`];
  const pointer = ["paths", route, method.toLowerCase(), "responses", String(answer.status), "content", type];
  const ref = pointer.map((p) => p.replaceAll("~", "~0").replaceAll("/", "~1")).map(encodeURIComponent);
  const check = checkOf(`doc#/${ref.join("/")}/schema`);
  check(await answer.json());
  return (check.errors ?? []).map((e) => `${method} ${path}: ${e.instancePath} ${e.message}`);
}

const asJson = (body: unknown): RequestInit => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

describe("GET /api/openapi.json", () => {
  test.each([
    { secured: false, playable: true },
    { secured: true, playable: false },
  ])("is valid OpenAPI: %o", async (world) => {
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(openApi(world))));
    expect([valid, errors]).toEqual([true, undefined]);
  });

  test("names a token only where one is asked for, and faults only where the world is a local one", async () => {
    const { store, rules, now } = await stage("calm");
    const access = parseAccess({
      secret: "a secret of more than thirty-two characters",
      tokens: [{ name: "wall", role: "read", sha256: "0".repeat(64) }],
    });
    const secured = createDashboard({ store, rules, topology, now: () => now, access }).app;
    expect((await secured.request("/api/openapi.json")).status).toBe(401);
    const [open, real] = [
      openApi({ secured: false, playable: true }),
      openApi({ secured: true, playable: false }),
    ];
    expect([Object.keys(open.paths), open.security]).toEqual([expect.arrayContaining(["/api/faults"]), []]);
    expect(Object.keys(real.paths)).not.toContain("/api/faults");
    expect(await (await (await at("calm")).request("/api/openapi.json")).json()).toEqual(
      JSON.parse(JSON.stringify(open)),
    );
  });

  test("has every route of the API, and none besides", async () => {
    const app = await at("calm");
    const routes = app.routes
      .filter((r) => r.path.startsWith("/api/") && r.method !== "ALL")
      .map((r) => `${r.method} ${r.path.replace(/:(\w+)/g, "{$1}")}`);
    const told = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(told.sort()).toEqual([...new Set(routes)].sort());
  });
});

describe("every answer is as the document says", () => {
  test.each(scenes)("%s", async (scene) => {
    const app = await at(scene);
    const { decisions } = (await (await app.request("/api/decisions")).json()) as {
      decisions: { id: string }[];
    };
    const asked: [string, string][] = [
      ["/api/state", "/api/state"],
      ["/api/history?minutes=5", "/api/history"],
      ["/api/history?minutes=0", "/api/history"],
      ["/api/decisions", "/api/decisions"],
      ["/api/decisions?limit=none", "/api/decisions"],
      ["/api/decisions/none", "/api/decisions/{id}"],
      ...decisions
        .slice(0, 1)
        .map(({ id }): [string, string] => [`/api/decisions/${id}`, "/api/decisions/{id}"]),
      ["/api/drills", "/api/drills"],
      ["/api/openapi.json", "/api/openapi.json"],
      ["/api/faults", "/api/faults"],
    ];
    const faults = [];
    for (const [path, route] of asked) faults.push(...(await faultsOf(app, "GET", path, route)));
    expect(faults).toEqual([]);
  });

  test("whatever is asked for, and also when it is refused", async () => {
    const app = await at("calm");
    const bodies: RequestInit[] = [
      asJson({ kind: "hold", reason: "x" }),
      asJson({ kind: "maintain", reason: "x", minutes: 5, region: "us-west-2" }),
      asJson({ kind: "failover", reason: "x", manner: "graceful", overrule: ["maintenance"] }),
      asJson({ kind: "release", reason: "x" }),
      asJson({ kind: "explode" }),
      asJson({ kind: "hold", reason: "x".repeat(20_000) }),
      { body: "kind=hold" },
    ];
    const faults = [];
    for (const init of bodies)
      faults.push(...(await faultsOf(app, "POST", "/api/requests", "/api/requests", init)));
    const broken = asJson({ fault: "region-down", region: "us-east-1" });
    faults.push(...(await faultsOf(app, "POST", "/api/faults", "/api/faults", broken)));
    faults.push(...(await faultsOf(app, "POST", "/api/faults", "/api/faults", asJson({ fault: 7 }))));
    faults.push(...(await faultsOf(app, "GET", "/api/state", "/api/state"))); // with requests and faults in it
    faults.push(...(await faultsOf(app, "DELETE", "/api/faults", "/api/faults")));
    expect(faults).toEqual([]);
  });
});

test("a body that the document refuses is refused", async () => {
  const body = ajv.compile({
    $ref: "doc#/paths/~1api~1requests/post/requestBody/content/application~1json/schema",
  });
  const { store, rules } = await stage("calm");
  const { app } = createDashboard({ store, rules, topology, now: () => T });
  const wild = fc.record(
    {
      kind: fc.oneof(fc.constantFrom("hold", "maintain", "drill", "nothing"), fc.integer()),
      reason: fc.oneof(fc.string({ maxLength: 600 }), fc.constant(null)),
      minutes: fc.oneof(fc.integer(), fc.double()),
      region: fc.oneof(fc.constant("us-east-1"), fc.string()),
      other: fc.anything(),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(wild, async (asked) => {
      const sent = JSON.stringify(asked);
      if (body(JSON.parse(sent))) return;
      const answer = await app.request("/api/requests", { method: "POST", ...asJson(asked) });
      expect([sent, answer.status]).toEqual([sent, 400]);
    }),
    { numRuns: 50 }, // under the limit on acting, which is asked before a body is read
  );
  expect(await store.requests()).toEqual([]);
});
