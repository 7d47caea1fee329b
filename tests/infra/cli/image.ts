/** tests · the image that the Dockerfile makes, built by buildah where no Docker is at hand: without a daemon, without a
 *  registry, in a chroot. Needs root, and Debian's package `buildah`. What stands in is the base: node:24-slim cannot be
 *  fetched here, so an image of that name is put together from this machine's shell and libraries, the project's Node and
 *  npm's own package. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const image = "localhost/holdfast";

export type Configured = {
  User: string;
  Env: string[];
  Cmd: string[];
  WorkingDir: string;
  ExposedPorts: object;
};
export type Builder = ReturnType<typeof builderIn>;

/** Why images cannot be built here; null when they can. */
export function cannotBuild(): string | null {
  if (process.getuid?.() !== 0) return "expected root, as a chroot is made; run the tests as root";
  if (spawnSync("buildah", ["--version"]).status !== 0)
    return "expected buildah on the path: apt-get install buildah";
  if (spawnSync("unshare", ["--mount", "true"]).status !== 0)
    return "expected leave to make a mount namespace, which CAP_SYS_ADMIN gives";
  return null;
}

/** `folder`: empty; everything that is built is kept below it. */
export function builderIn(folder: string) {
  const store = ["--storage-driver", "vfs", "--root", join(folder, "root"), "--runroot", join(folder, "run")];
  const env = { ...process.env, BUILDAH_ISOLATION: "chroot" };
  const buildah = (...args: string[]): string =>
    execFileSync("buildah", [...store, ...args], {
      cwd: root,
      env,
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    }).trim();
  return {
    /** Puts the stand-in for `name` together. */
    base(name: string): void {
      const stage = join(folder, "base");
      layBase(stage);
      const container = buildah("from", "scratch");
      buildah("copy", "--quiet", container, stage, "/");
      buildah("config", "--env", "PATH=/usr/local/bin:/usr/bin:/bin", container);
      buildah("commit", "--quiet", "--rm", container, `docker.io/library/${name}`);
    },
    /** The project's Dockerfile, every step of it. Gives what buildah said. */
    build(): string {
      const npmrc = join(folder, "npmrc");
      const own = join(homedir(), ".npmrc");
      writeFileSync(npmrc, existsSync(own) ? readFileSync(own) : "");
      appendFileSync(npmrc, `\nregistry=${npm("config", "get", "registry")}\nprefer-offline=true\n`);
      const cache = npm("config", "get", "cache");
      mkdirSync(cache, { recursive: true });
      const seen = ["--volume", `${npmrc}:/root/.npmrc:ro`, "--volume", `${cache}:/root/.npm`];
      return buildah("build", "--pull-never", "--layers=false", ...seen, "--tag", image, ".");
    },
    configured: (): Configured =>
      JSON.parse(buildah("inspect", "--type", "image", image)).OCIv1.config as Configured,
    /** Bytes of what the Dockerfile adds to its base, whose only layer is the first. */
    ownBytes(): number {
      const { layers } = JSON.parse(JSON.parse(buildah("inspect", "--type", "image", image)).Manifest);
      return layers.slice(1).reduce((sum: number, { size }: { size: number }) => sum + size, 0);
    },
    /** A container of the image, and its files as this machine sees them. */
    container() {
      const name = buildah("from", "--pull-never", image);
      return { name, files: buildah("mount", name) };
    },
    /** Runs a command in a container as its image says: its user, its folder, its environment, and what is told besides. */
    run(container: string, command: readonly string[], told: Record<string, string>) {
      const more = Object.entries(told).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
      const args = [...store, "run", "--isolation", "chroot", ...more, container, "--", ...command];
      return spawn("buildah", args, { env, detached: true, stdio: ["ignore", "pipe", "inherit"] });
    },
    remove(): void {
      buildah("rm", "--all");
      buildah("rmi", "--all", "--force");
    },
  };
}

/** The process that a container's command has become, below whatever started it. The builder may start it from any of its
 *  threads, and Linux lists each thread's children by themselves. */
export function inside(pid: number): number {
  const children = readdirSync(`/proc/${pid}/task`).map((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"),
  );
  const [child] = children.join(" ").split(" ").filter(Boolean);
  return child === undefined ? pid : inside(Number(child));
}

const npm = (...args: string[]): string => execFileSync("npm", args, { encoding: "utf8", cwd: root }).trim();

/** What `npm ci` and Node need of a system: a shell, `env`, the libraries of these and of Node, and a user `node`. */
function layBase(stage: string): void {
  const put = (from: string, to: string) => {
    mkdirSync(join(stage, dirname(to)), { recursive: true });
    copyFileSync(realpathSync(from), join(stage, to));
    chmodSync(join(stage, to), 0o755);
  };
  const node = join(root, "node_modules/node/bin/node");
  for (const [from, to] of [
    ["/bin/sh", "/bin/sh"],
    ["/usr/bin/env", "/usr/bin/env"],
    [node, "/usr/local/bin/node"],
  ] as const) {
    put(from, to);
    for (const [library = ""] of execFileSync("ldd", [from], { encoding: "utf8" }).matchAll(/\/\S+\.so\S*/g))
      if (!existsSync(join(stage, library))) put(library, library);
  }
  for (const [folder, mode] of [
    ["tmp", 0o1777],
    ["root", 0o700],
    ["home/node", 0o755],
    ["etc", 0o755],
  ] as const) {
    mkdirSync(join(stage, folder), { recursive: true });
    chmodSync(join(stage, folder), mode);
  }
  writeFileSync(
    join(stage, "etc/passwd"),
    "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n",
  );
  writeFileSync(join(stage, "etc/group"), "root:x:0:\nnode:x:1000:\n");
  writeFileSync(join(stage, "etc/nsswitch.conf"), "hosts: files dns\n");
  npm("install", "--silent", "--prefix", join(stage, "usr/local/lib"), "npm@11");
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(stage, "usr/local/bin/npm"));
}
