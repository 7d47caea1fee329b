/** tests · stands in for the AWS provider's plugin: applies what the program asks for to a local AWS API, by aws_api.py. It
 *  changes in place or says that it cannot, replaces nothing by itself, looks again only at where records lead, and checks
 *  inputs by botocore's models. */
import type { ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { ofPulumi } from "../aws/engine.ts";
import { answers } from "../aws/made-up.ts";
import { applier } from "./local-api.ts";
import { announce, grpc } from "./plugin.ts";

const proto: typeof import("@pulumi/pulumi/proto/provider_pb.js") = ofPulumi("./proto/provider_pb");
const { ResourceProviderService } = ofPulumi("./proto/provider_grpc_pb");
const plugin: typeof import("@pulumi/pulumi/proto/plugin_pb.js") = ofPulumi("./proto/plugin_pb");
const { Struct: Structs }: { Struct: typeof Struct } = ofPulumi("google-protobuf/google/protobuf/struct_pb");
const { Empty } = ofPulumi("google-protobuf/google/protobuf/empty_pb");

type Properties = Record<string, unknown>;
type Reply = sendUnaryData<unknown>;
type Call<T> = { request: T } & Partial<ServerUnaryCall<T, unknown>>;
const read = (struct: Struct | undefined) => (struct?.toJavaScript() ?? {}) as Properties;
const write = (of: Properties) => Structs.fromJavaScript(of as Parameters<typeof Structs.fromJavaScript>[0]);

let applying = applier(process.env.HOLDFAST_LOCAL_AWS ?? "");
process.on("SIGTERM", () => applying.stop());

/** Where the stack's own settings name addresses, those are the only ones. */
function heed(settings: Properties): void {
  const { endpoints } = settings;
  if (endpoints === undefined) return;
  const [addresses] = typeof endpoints === "string" ? JSON.parse(endpoints) : endpoints;
  applying.stop();
  applying = applier(JSON.stringify(addresses));
}

async function told(question: Properties, reply: Reply, answer: (id: string, state: Properties) => unknown) {
  const { id = "", state = {}, error } = await applying.ask(question);
  if (error === undefined) reply(null, answer(id, state));
  else reply({ code: grpc.status.INVALID_ARGUMENT, details: error });
}

const typeOf = (urn: string) => (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
const nameOf = (urn: string) => urn.split("::").at(-1) ?? "";
/** As Pulumi compares them: a file by its content, which its hash is of. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a, content) === JSON.stringify(b, content);
const content = (_: string, value: unknown) =>
  typeof value === "object" && value !== null && "hash" in value ? value.hash : value;

const server = new grpc.Server({ "grpc.max_receive_message_length": 64 * 1024 * 1024 });
server.addService(ResourceProviderService, {
  getPluginInfo: (_: unknown, reply: Reply) => reply(null, new plugin.PluginInfo().setVersion("7.48.0")),
  checkConfig: ({ request }: Call<InstanceType<typeof proto.CheckRequest>>, reply: Reply) =>
    reply(null, new proto.CheckResponse().setInputs(request.getNews())),
  diffConfig: (_: unknown, reply: Reply) => reply(null, new proto.DiffResponse()),
  configure({ request }: Call<InstanceType<typeof proto.ConfigureRequest>>, reply: Reply) {
    heed(read(request.getArgs()));
    reply(null, new proto.ConfigureResponse().setSupportspreview(true));
  },
  check: ({ request }: Call<InstanceType<typeof proto.CheckRequest>>, reply: Reply) =>
    reply(null, new proto.CheckResponse().setInputs(request.getNews())),
  diff({ request }: Call<InstanceType<typeof proto.DiffRequest>>, reply: Reply) {
    const [olds, news] = [read(request.getOldInputs()), read(request.getNews())];
    const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
    const changed = keys.filter((key) => !key.startsWith("__") && !same(olds[key], news[key]));
    const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
    reply(
      null,
      new proto.DiffResponse().setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE).setDiffsList(changed),
    );
  },
  create({ request }: Call<InstanceType<typeof proto.CreateRequest>>, reply: Reply) {
    const [urn, inputs] = [request.getUrn(), read(request.getProperties())];
    if (request.getPreview())
      return reply(null, new proto.CreateResponse().setProperties(request.getProperties()));
    return told({ do: "create", urn, type: typeOf(urn), name: nameOf(urn), inputs }, reply, (id, state) =>
      new proto.CreateResponse().setId(id).setProperties(write(state)),
    );
  },
  /** Only of a record is it looked where it leads now; all else is taken to be as it was made. */
  async read({ request }: Call<InstanceType<typeof proto.ReadRequest>>, reply: Reply) {
    const [urn, id, inputs, state] = [
      request.getUrn(),
      request.getId(),
      read(request.getInputs()),
      read(request.getProperties()),
    ];
    const as = (changed: Properties) =>
      new proto.ReadResponse()
        .setId(id)
        .setProperties(write({ ...state, ...changed }))
        .setInputs(write({ ...inputs, ...changed }));
    const [alias] = (inputs.aliases ?? []) as { name: string }[];
    if (!typeOf(urn).endsWith(":Record") || !alias) return reply(null, as({}));
    return told({ do: "read", urn, type: typeOf(urn), id, inputs }, reply, (_, { leadsTo }) => {
      if (leadsTo === null) return new proto.ReadResponse(); // gone
      return as(leadsTo === alias.name ? {} : { aliases: [{ ...alias, name: leadsTo }] });
    });
  },
  update({ request }: Call<InstanceType<typeof proto.UpdateRequest>>, reply: Reply) {
    const [urn, inputs, state] = [request.getUrn(), read(request.getNews()), read(request.getOlds())];
    if (request.getPreview()) return reply(null, new proto.UpdateResponse().setProperties(request.getNews()));
    const asked = {
      do: "update",
      urn,
      type: typeOf(urn),
      name: nameOf(urn),
      id: request.getId(),
      inputs,
      state,
    };
    return told(asked, reply, (_, made) => new proto.UpdateResponse().setProperties(write(made)));
  },
  delete({ request }: Call<InstanceType<typeof proto.DeleteRequest>>, reply: Reply) {
    const [urn, state] = [request.getUrn(), read(request.getProperties())];
    const inputs = request.getOldInputs() ? read(request.getOldInputs()) : state;
    const asked = {
      do: "delete",
      urn,
      type: typeOf(urn),
      name: nameOf(urn),
      id: request.getId(),
      inputs,
      state,
    };
    return told(asked, reply, () => new Empty());
  },
  invoke({ request }: Call<InstanceType<typeof proto.InvokeRequest>>, reply: Reply) {
    const answer = answers[request.getTok()]?.(read(request.getArgs()));
    if (answer) return reply(null, new proto.InvokeResponse().setReturn(write(answer)));
    return reply({ code: grpc.status.UNIMPLEMENTED, details: `no answer to ${request.getTok()} is made up` });
  },
  cancel: (_: unknown, reply: Reply) => reply(null, new Empty()),
});
await announce(server);
