/** infra/aws · effects. What runs in an account, packed from the sources beside this program: the same sources give the same
 *  bytes, so nothing is deployed anew without reason. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { packCanary } from "../../probes/run/bundle.ts";
import type { Role } from "../../store/records.ts";
import { bundle } from "../account/bundle.ts";
import type { EntryName } from "../account/variables.ts";
import type { Kind } from "./lever/lever.ts";

/** Text by file name. */
export type Files = Readonly<Record<string, string>>;
export type Code = { canary: Files } & { [entry in EntryName]?: Files };

const here = ({ role, lever, status }: Placed): EntryName[] => {
  if (role === "primary") return ["prober"];
  if (role === "witness") return ["prober", "auditor"];
  return [
    "prober",
    "analyzer",
    "dashboard",
    ...(lever === "endpoint" ? (["drain"] as const) : []),
    ...(status === undefined ? [] : (["status"] as const)),
  ];
};

type Placed = { role: Role; lever: Kind; status: string | undefined };

const packed = join(import.meta.dirname, "../../.holdfast/packed");

/** Packs what a role's region runs, or reads it where another stack's program packed the same. Throws what esbuild finds
 *  wrong. */
export async function packFor(placed: Placed): Promise<Code> {
  const [canary, ...entries] = await Promise.all([
    packCanary(packed),
    ...here(placed).map(async (entry) => [entry, await bundle(entry, packed)] as const),
  ]);
  return { canary, ...Object.fromEntries(entries) };
}

/** An archive of files on disk, under `.holdfast/packed`: a stack's state keeps what is in none of them, only that it
 *  changed. Programs of several stacks may write the same files at once. */
export function archive(name: string, files: Files): pulumi.asset.AssetArchive {
  const place = join(packed, `${name}-${digest(files)}`);
  const assets = Object.entries(files).map(([file, text]) => {
    const path = join(place, file);
    if (!existsSync(path)) {
      mkdirSync(dirname(path), { recursive: true });
      const draft = `${path}.${process.pid}`;
      writeFileSync(draft, text);
      renameSync(draft, path); // whole or not at all
    }
    return [file, new pulumi.asset.FileAsset(path)];
  });
  return new pulumi.asset.AssetArchive(Object.fromEntries(assets));
}

/** Sixteen hexadecimal digits that change with the content. */
export const digest = (files: Files): string =>
  createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
