/** tests · a canary as its runtime finds it: the archive that lies in the bucket, unpacked where the runtime has it, its
 *  handler called by name with the environment that the program gave it. The library is a stand-in that writes down what it
 *  is told of a run that could not ask. */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { component } from "../../machine.ts";
import type { Resource } from "../aws/engine.ts";

const library = `
exports.told = { steps: [], errors: [] };
exports.synthetics = {
  async executeStep(name) { exports.told.steps.push(name); },
  addExecutionError(message) { exports.told.errors.push(message); },
};
`;

export type Walk = {
  files: string[];
  /** Targets that had an answer, and what was said of the others. */
  steps: string[];
  errors: string[];
};

/** `origin`: the local AWS API. No name is asked of this machine's own resolver: it is pointed to one that does not answer. */
export async function walk({ inputs }: Resource, origin: string): Promise<Walk> {
  const { s3Bucket, s3Key, handler, runConfig } = inputs as {
    s3Bucket: string;
    s3Key: string;
    handler: string;
    runConfig: { environmentVariables: Record<string, string> };
  };
  const [module = "", name = ""] = handler.split(".");
  const place = mkdtempSync(join(tmpdir(), "holdfast-walk-"));
  try {
    writeFileSync(join(place, "canary.zip"), await fromBucket(origin, s3Bucket, s3Key));
    execFileSync(component("unzip") ?? "", ["-q", join(place, "canary.zip"), "-d", join(place, "opt")]);
    const modules = join(place, "opt/nodejs/node_modules");
    const files = readdirSync(modules);
    mkdirSync(join(modules, "@aws/synthetics-core"), { recursive: true });
    writeFileSync(join(modules, "@aws/synthetics-core/index.js"), library);
    const program = `require("${module}").${name}().then(() =>
      process.stdout.write("\\n" + JSON.stringify(require("@aws/synthetics-core").told)));`;
    const env = { NODE_PATH: modules, ...runConfig.environmentVariables, HOLDFAST_RESOLVER: "127.0.0.1:9" };
    const said = await new Promise<string>((done, fail) =>
      execFile(process.execPath, ["-e", program], { cwd: place, env }, (error, out) =>
        error ? fail(error) : done(out),
      ),
    );
    return { files, ...JSON.parse(said.slice(said.lastIndexOf("\n"))) };
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** As whoever has an account there; the local API looks at no signature. */
const headers = {
  authorization:
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
};

/** The bucket takes nothing but TLS, which is not spoken here: that is seen, and then lifted. */
async function fromBucket(origin: string, bucket: string, key: string): Promise<Buffer> {
  const get = () => fetch(`${origin}/${bucket}/${key}`, { headers });
  const plainly = await get();
  if (plainly.status !== 403 && plainly.status !== 200)
    throw new Error(`the bucket answers ${plainly.status}`);
  if (plainly.status === 200) return Buffer.from(await plainly.arrayBuffer()); // lifted before, for another canary
  await fetch(`${origin}/${bucket}?policy`, { method: "DELETE", headers });
  return Buffer.from(await (await get()).arrayBuffer());
}
