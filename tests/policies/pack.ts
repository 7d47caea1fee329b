/** tests · the real policy host, serving the real pack, asked over gRPC as the engine asks it. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Client } from "@grpc/grpc-js";
import { hostEnvironment, ofPulumi, type Resource } from "../infra/aws/engine.ts";

const grpc: typeof import("@grpc/grpc-js") = ofPulumi("@grpc/grpc-js");
const proto: typeof import("@pulumi/pulumi/proto/analyzer_pb.js") = ofPulumi("./proto/analyzer_pb");
const { AnalyzerClient }: { AnalyzerClient: new (...of: ConstructorParameters<typeof Client>) => Analyzer } =
  ofPulumi("./proto/analyzer_grpc_pb");
const { Struct } = ofPulumi("google-protobuf/google/protobuf/struct_pb");
const { Empty } = ofPulumi("google-protobuf/google/protobuf/empty_pb");

type Ask<Question, Answer> = (
  question: Question,
  answered: (error: Error | null, answer: Answer) => void,
) => void;
type Diagnostics = InstanceType<typeof proto.AnalyzeResponse>;
type Analyzer = Client & {
  analyze: Ask<unknown, Diagnostics>;
  analyzeStack: Ask<unknown, Diagnostics>;
  getAnalyzerInfo: Ask<unknown, InstanceType<typeof proto.AnalyzerInfo>>;
};

export type Violation = { rule: string; level: "advisory" | "mandatory"; message: string; urn: string };
export type Pack = {
  rules: string[];
  /** Asks every rule about every resource, or those given alone, then about the stack as a whole. */
  judge(resources: readonly Resource[], alone?: readonly Resource[]): Promise<Violation[]>;
  stop(): void;
};

export async function startPack(): Promise<Pack> {
  const cwd = join(import.meta.dirname, "../../policies");
  const host = spawn(
    process.execPath,
    [ofPulumi.resolve("./cmd/run-policy-pack/index.js"), "127.0.0.1:0", "."],
    {
      cwd,
      env: hostEnvironment,
    },
  );
  const port = await new Promise<string>((done, fail) => {
    let trouble = "";
    host.stderr.on("data", (text) => {
      trouble += text;
    });
    host.stdout.once("data", (text) => done(String(text).trim()));
    host.once("exit", () => fail(new Error(`the policy host ended: ${trouble}`)));
  });
  const client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const ask = <A>(method: Ask<unknown, A>, question: unknown): Promise<A> =>
    new Promise((done, fail) =>
      method.call(client, question, (error, answer) => (error ? fail(error) : done(answer))),
    );
  const info = await ask(client.getAnalyzerInfo, new Empty());
  return {
    rules: info.getPoliciesList().map((policy) => policy.getName()),
    async judge(resources, alone = resources) {
      const one = alone.map((resource) =>
        ask(client.analyze, about(new proto.AnalyzeRequest(), resource, resource.inputs)),
      );
      const whole = new proto.AnalyzeStackRequest().setResourcesList(resources.map(inStack));
      const answers = await Promise.all([...one, ask(client.analyzeStack, whole)]);
      return answers.flatMap((answer, i) =>
        answer.getDiagnosticsList().map((d) => ({
          rule: d.getPolicyname(),
          level:
            d.getEnforcementlevel() === proto.EnforcementLevel.ADVISORY
              ? ("advisory" as const)
              : ("mandatory" as const),
          message: d.getMessage(),
          urn: d.getUrn() || (alone[i]?.urn ?? ""),
        })),
      );
    },
    stop() {
      client.close();
      host.kill();
    },
  };
}

function inStack(resource: Resource) {
  const message = about(new proto.AnalyzerResource(), resource, resource.state);
  message.setParent(resource.parent).setDependenciesList(resource.dependencies);
  for (const [key, urns] of Object.entries(resource.propertyDependencies))
    message.getPropertydependenciesMap().set(key, new proto.AnalyzerPropertyDependencies().setUrnsList(urns));
  return message;
}

type Message = { setType(v: string): unknown; setUrn(v: string): unknown; setName(v: string): unknown };
type Described = Message & { setProperties(v: unknown): unknown; setOptions(v: unknown): unknown };

function about<M extends Described>(
  message: M,
  { type, urn, name, protect }: Resource,
  properties: Resource["inputs"],
): M {
  message.setType(type);
  message.setUrn(urn);
  message.setName(name);
  message.setProperties(Struct.fromJavaScript(properties));
  // without timeouts the host takes the caller for a CLI too old for it
  const timeouts = new proto.AnalyzerResourceOptions.CustomTimeouts();
  message.setOptions(new proto.AnalyzerResourceOptions().setProtect(protect).setCustomtimeouts(timeouts));
  return message;
}
