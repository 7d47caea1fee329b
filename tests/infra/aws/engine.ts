/** tests · a stand-in for Pulumi's engine. The real program host runs the real program against it, over gRPC, as it does
 *  under the CLI. It remembers what was registered, refuses a URN it has, and answers as the AWS provider would: known
 *  ids and ARNs in an update, unknown ones in a preview. It checks no input against AWS. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Server, sendUnaryData } from "@grpc/grpc-js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { answers, type Make, madeUp } from "./made-up.ts";

const root = join(import.meta.dirname, "../../..");
/** Loads what Pulumi's own SDK loads, so that both sides speak with the same copies. */
export const ofPulumi = createRequire(join(root, "node_modules/@pulumi/pulumi/package.json"));
const grpc: typeof import("@grpc/grpc-js") = ofPulumi("@grpc/grpc-js");
const { Struct: Structs }: { Struct: typeof Struct } = ofPulumi("google-protobuf/google/protobuf/struct_pb");
const { Empty } = ofPulumi("google-protobuf/google/protobuf/empty_pb");
const resources: typeof import("@pulumi/pulumi/proto/resource_pb.js") = ofPulumi("./proto/resource_pb");
const { ResourceMonitorService } = ofPulumi("./proto/resource_grpc_pb");
const engine: typeof import("@pulumi/pulumi/proto/engine_pb.js") = ofPulumi("./proto/engine_pb");
const { EngineService } = ofPulumi("./proto/engine_grpc_pb");
const provider: typeof import("@pulumi/pulumi/proto/provider_pb.js") = ofPulumi("./proto/provider_pb");

/** What a host needs of the environment. Pulumi's SDK is some 13 MB of source; compiled once, it starts in half the time. */
export const hostEnvironment = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
};
/** Pulumi's SDK keeps a trace with every promise, and reckons each back to its TypeScript: a fifth of a host's time, for
 *  what nobody here reads. */
const noTraces = "--stack-trace-limit=0";

type Properties = Record<string, unknown>;
export type Resource = {
  urn: string;
  type: string;
  name: string;
  parent: string;
  custom: boolean;
  /** In the clear, as providers and policies get them. */
  inputs: Properties;
  /** Where in them a secret stands, as `environment.variables.KEY`. */
  secrets: string[];
  /** Inputs and what the provider adds; what a program reads back. */
  state: Properties;
  id: string;
  protect: boolean;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
};
export type Run = { exitCode: number | null; resources: Resource[]; outputs: Properties; said: string };

/** Runs a stack. `main` is the program's file as Pulumi.yaml names it; it is started as the CLI starts it, in the folder
 *  of the file, by the file's name. */
export async function runStack(options: {
  stack: string;
  config: Record<string, string>;
  preview: boolean;
  main: string;
  /** Makes each resource in an update; made up when left out. */
  make?: Make;
}): Promise<Run> {
  const { stack, config, preview, main, make = madeUp } = options;
  const run: Run = { exitCode: null, resources: [], outputs: {}, said: "" };
  const server = new grpc.Server();
  server.addService(ResourceMonitorService, monitor(stack, preview, run, make));
  server.addService(EngineService, listener(run));
  const address = `127.0.0.1:${await listen(server)}`;
  const host = ofPulumi.resolve("./cmd/run/index.js");
  const program = join(root, main);
  const args = ["--monitor", address, "--engine", address, "--project", "holdfast", "--stack", stack];
  args.push("--root-directory", root, "--pwd", dirname(program), "--parallel", "16");
  if (preview) args.push("--dry-run");
  const child = spawn(process.execPath, [host, ...args, program.slice(dirname(program).length + 1)], {
    cwd: root,
    env: {
      ...hostEnvironment,
      NODE_OPTIONS: noTraces,
      PULUMI_CONFIG: JSON.stringify(config),
      PULUMI_NODEJS_TYPESCRIPT: "false",
    },
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      run.said += text;
    });
  run.exitCode = await new Promise((done, fail) => child.on("error", fail).on("close", done));
  server.forceShutdown();
  return run;
}

const listen = (server: Server): Promise<number> =>
  new Promise((done, fail) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? fail(error) : done(port),
    ),
  );

type Call<T> = { request: T };
type Reply = sendUnaryData<unknown>;

function monitor(stack: string, preview: boolean, run: Run, make: Make) {
  const urnOf = (type: string, name: string, parent: string) => {
    const above = parent.split("::")[2] ?? "";
    const path = above === "" || above === "pulumi:pulumi:Stack" ? type : `${above}$${type}`;
    return `urn:pulumi:${stack}::holdfast::${path}::${name}`;
  };
  return {
    supportsFeature(_: unknown, reply: Reply) {
      reply(null, new resources.SupportsFeatureResponse().setHassupport(true));
    },
    async registerResource(
      { request }: Call<InstanceType<typeof resources.RegisterResourceRequest>>,
      reply: Reply,
    ) {
      const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
      const urn = urnOf(type, name, parent);
      if (run.resources.some((r) => r.urn === urn))
        return reply({ code: grpc.status.ALREADY_EXISTS, details: `Duplicate resource URN '${urn}'` });
      const sealed = request.getObject()?.toJavaScript() ?? {};
      const { inputs, secrets } = opened(sealed);
      const claimed = { urn, type, name, parent, custom: request.getCustom(), inputs, secrets } as Resource;
      run.resources.push(claimed); // before it is made, so that a second of its name is refused
      let id = "";
      let state: Properties = inputs;
      if (request.getCustom() && !preview) {
        try {
          ({ id, state } = await make({ urn, type, name, inputs }));
        } catch (error) {
          return reply({
            code: grpc.status.INVALID_ARGUMENT,
            details: `${name}: ${(error as Error).message}`,
          });
        }
      }
      const propertyDependencies: Record<string, string[]> = {};
      for (const [key, on] of request.getPropertydependenciesMap().entries())
        propertyDependencies[key] = on.getUrnsList();
      const dependencies = request.getDependenciesList();
      Object.assign(claimed, {
        state,
        id,
        dependencies,
        propertyDependencies,
        protect: request.getProtect(),
      });
      const answer = new resources.RegisterResourceResponse().setUrn(urn).setId(id);
      reply(
        null,
        answer.setObject(
          Structs.fromJavaScript({ ...state, ...sealed } as Parameters<typeof Structs.fromJavaScript>[0]),
        ),
      );
    },
    registerResourceOutputs(
      { request }: Call<InstanceType<typeof resources.RegisterResourceOutputsRequest>>,
      reply: Reply,
    ) {
      const outputs = request.getOutputs()?.toJavaScript() ?? {};
      if (request.getUrn().includes("::pulumi:pulumi:Stack::")) run.outputs = outputs;
      reply(null, new Empty());
    },
    invoke(
      { request }: Call<InstanceType<typeof resources.ResourceInvokeRequest>>,
      reply: sendUnaryData<unknown>,
    ) {
      const asked = request.getArgs()?.toJavaScript() ?? {};
      const answer = answers[request.getTok()]?.(asked);
      if (!answer)
        return reply({
          code: grpc.status.UNIMPLEMENTED,
          details: `no answer to ${request.getTok()} is made up`,
        });
      reply(null, new provider.InvokeResponse().setReturn(Structs.fromJavaScript(answer as never)));
    },
    signalAndWaitForShutdown: (_: unknown, reply: Reply) => reply(null, new Empty()),
  };
}

const sign = "4dabf18193072939515e22adb298388d"; // of a value that is more than plain: Pulumi's SDK, runtime/rpc
const secretSign = "1b47061264138c4ac30d75fd1eb44270";

/** The values in the clear, and where secrets stood among them. */
function opened(sealed: Properties): { inputs: Properties; secrets: string[] } {
  const secrets: string[] = [];
  const open = (value: unknown, at: string): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item, i) => open(item, `${at}.${i}`));
    const fields = value as Properties;
    if (fields[sign] === secretSign) {
      secrets.push(at);
      return open(fields.value, at);
    }
    return Object.fromEntries(
      Object.entries(fields).map(([key, field]) => [key, open(field, at === "" ? key : `${at}.${key}`)]),
    );
  };
  return { inputs: open(sealed, "") as Properties, secrets };
}

function listener(run: Run) {
  let rootResource = "";
  return {
    getRootResource: (_: unknown, reply: Reply) =>
      reply(null, new engine.GetRootResourceResponse().setUrn(rootResource)),
    setRootResource({ request }: Call<InstanceType<typeof engine.SetRootResourceRequest>>, reply: Reply) {
      rootResource = request.getUrn();
      reply(null, new engine.SetRootResourceResponse());
    },
    log({ request }: Call<InstanceType<typeof engine.LogRequest>>, reply: Reply) {
      if (request.getSeverity() !== engine.LogSeverity.DEBUG) run.said += `${request.getMessage()}\n`;
      reply(null, new Empty());
    },
  };
}
