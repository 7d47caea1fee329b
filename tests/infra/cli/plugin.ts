/** tests · what every plugin of Pulumi's does at its start: listens, and prints its port. */
import type { Server } from "@grpc/grpc-js";
import { ofPulumi } from "../aws/engine.ts";

export const grpc: typeof import("@grpc/grpc-js") = ofPulumi("@grpc/grpc-js");

export const announce = (server: Server): Promise<void> =>
  new Promise((done, fail) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) return fail(error);
      process.stdout.write(`${port}\n`);
      done();
    }),
  );
