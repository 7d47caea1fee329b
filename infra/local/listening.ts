/** infra/local · effects. Taking a port, and saying clearly when it cannot be had. */
import type { AddressInfo, ListenOptions, Server } from "node:net";
import { BadInput } from "../../store/records.ts";

/** The address is not this machine's: only the first loopback address is there by default on macOS. */
export class NoSuchAddress extends Error {
  override name = "NoSuchAddress";
}

/** The port taken. Throws `BadInput` for a port that cannot be had, `NoSuchAddress` for an address that isn't here. */
export async function listenTcp(server: Server, host: string, port: number, flag: string): Promise<number> {
  const options: ListenOptions = { host, port, exclusive: true };
  await new Promise<void>((done, fail) => {
    const failed = (error: NodeJS.ErrnoException) =>
      fail(
        error.code === "EADDRNOTAVAIL" ? new NoSuchAddress(error.message) : taken(error, host, port, flag),
      );
    server.once("error", failed);
    server.listen(options, () => {
      server.off("error", failed);
      done();
    });
  });
  return (server.address() as AddressInfo).port;
}

/** What to tell a person whose port cannot be had. */
export function taken(error: NodeJS.ErrnoException, host: string, port: number, flag: string): Error {
  if (error.code === "EADDRINUSE")
    return new BadInput(
      `Cannot listen on ${host}:${port}: the port is taken. Stop the program that has it, or choose another with ${flag} (0 takes a free one).`,
    );
  if (error.code === "EACCES")
    return new BadInput(
      `Cannot listen on ${host}:${port}: this user may not use that port. Choose one above 1023 with ${flag}.`,
    );
  return error;
}
