/** tests · stands in for Pulumi's language host for Node, which is a program of its own beside the CLI: starts the SDK's own
 *  program host and policy host as that one does. Installs nothing, and knows of no packages besides. */
import { spawn } from "node:child_process";
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData } from "@grpc/grpc-js";
import { hostEnvironment, ofPulumi } from "../aws/engine.ts";
import { announce, grpc } from "./plugin.ts";

const proto: typeof import("@pulumi/pulumi/proto/language_pb.js") = ofPulumi("./proto/language_pb");
const { LanguageRuntimeService } = ofPulumi("./proto/language_grpc_pb");
const plugin: typeof import("@pulumi/pulumi/proto/plugin_pb.js") = ofPulumi("./proto/plugin_pb");

const engine = process.argv.at(-1) ?? "";
type Call<T> = ServerUnaryCall<T, unknown>;
type Reply = sendUnaryData<unknown>;
type Run = InstanceType<typeof proto.RunRequest>;
type RunPlugin = InstanceType<typeof proto.RunPluginRequest>;

function run({ request }: Call<Run>, reply: Reply) {
  const info = request.getInfo();
  const at = ["--monitor", request.getMonitorAddress(), "--engine", engine];
  const whose = ["--project", request.getProject(), "--stack", request.getStack()];
  const where = ["--root-directory", info?.getRootDirectory() ?? "", "--pwd", request.getPwd()];
  const args = [...at, ...whose, ...where, "--parallel", String(request.getParallel())];
  if (request.getDryrun()) args.push("--dry-run");
  const config = Object.fromEntries(request.getConfigMap().entries());
  const child = spawn(
    process.execPath,
    [ofPulumi.resolve("./cmd/run/index.js"), ...args, info?.getEntryPoint() ?? "."],
    {
      cwd: request.getPwd(),
      env: {
        ...process.env,
        ...hostEnvironment,
        PULUMI_CONFIG: JSON.stringify(config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        PULUMI_NODEJS_TYPESCRIPT: "false",
      },
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  child.on("close", (code) => {
    const answer = new proto.RunResponse();
    if (code === 32)
      answer.setBail(true); // it has said what was wrong already
    else if (code !== 0) answer.setError(`the program ended with ${code}`);
    reply(null, answer);
  });
}

/** Only policy packs are started this way here. */
function runPlugin(call: ServerWritableStream<RunPlugin, unknown>) {
  const { request } = call;
  const child = spawn(
    process.execPath,
    [ofPulumi.resolve("./cmd/run-policy-pack/index.js"), ...request.getArgsList(), "."],
    {
      cwd: request.getInfo()?.getProgramDirectory() || request.getProgram(),
      env: { ...process.env, ...hostEnvironment },
    },
  );
  child.stdout.on("data", (text) =>
    call.write(new proto.RunPluginResponse().setStdout(new Uint8Array(text))),
  );
  child.stderr.on("data", (text) =>
    call.write(new proto.RunPluginResponse().setStderr(new Uint8Array(text))),
  );
  child.on("close", (code) => {
    call.write(new proto.RunPluginResponse().setExitcode(code ?? 1));
    call.end();
  });
  call.on("cancelled", () => child.kill());
}

const server = new grpc.Server();
server.addService(LanguageRuntimeService, {
  getPluginInfo: (_: unknown, reply: Reply) => reply(null, new plugin.PluginInfo().setVersion("0.0.1")),
  getRequiredPackages: (_: unknown, reply: Reply) => reply(null, new proto.GetRequiredPackagesResponse()),
  getRequiredPlugins: (_: unknown, reply: Reply) => reply(null, new proto.GetRequiredPluginsResponse()),
  getProgramDependencies: (_: unknown, reply: Reply) =>
    reply(null, new proto.GetProgramDependenciesResponse()),
  run,
  runPlugin,
});
await announce(server);
