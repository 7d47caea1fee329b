/** The rules of the house, checked on its own sources: which room may lean on which, what the pure core may not touch,
 *  and what no file may hold. Works on a plain record of files, so that the rules can be shown to bite. */
import { posix } from "node:path";
import ts from "typescript";

/** Path from the repository's root, with `/`, to text. */
export type Files = Record<string, string>;

/** Which rooms a room's files may import, besides their own. `holdfast.ts`, the front door, may import every one. */
const mayImport: Record<string, readonly string[]> = {
  store: [],
  probes: ["store"],
  analyzer: ["store"],
  dashboard: ["store", "analyzer"],
  policies: [],
  infra: ["probes", "store", "analyzer", "dashboard"],
  tests: ["probes", "store", "analyzer", "dashboard", "policies", "infra", "."],
  ".": ["probes", "store", "analyzer", "dashboard", "infra"], // files at the top: the front door
};

/** The analyzer is pure but for its rim: the tick reads the store, detect and what-if are commands, a workload's own
 *  parts come from a file, the door shows them. */
const rim = /^analyzer\/(tick|mod|what-if|own-parts|detect[^/]*)\.ts$|^analyzer\/(detect|what-if)\//;
const alsoPure = [
  "store/records.ts",
  "store/metrics.ts",
  "store/nearest.ts",
  "store/store.ts",
  "infra/route53.ts",
];
const isPure = (path: string) =>
  (path.startsWith("analyzer/") && !rim.test(path)) ||
  alsoPure.includes(path) ||
  path.startsWith("store/records/");
const purePackages = ["zod"];

/** Clock, chance, network and process, as the language names them. */
const worldly = new Set(
  "Date.now Math.random performance crypto fetch process globalThis console setTimeout setInterval setImmediate queueMicrotask WebSocket XMLHttpRequest require".split(
    " ",
  ),
);

/** Everything that is against the rules, a line for each: the file, the line number where it has one, and what. */
export function faults(files: Files): string[] {
  return [
    ...rooms(files).flatMap((room) => {
      if (!(room in mayImport)) return [`${room}/: is no room of this house`];
      return room === "tests" || `${room}/mod.ts` in files ? [] : [`${room}/: has no door, mod.ts`];
    }),
    ...Object.entries(files).flatMap(([path, text]) => [
      ...vagueNames(path),
      ...unwantedText(path, text),
      ...(path.endsWith(".ts") ? [...wrongArrows(path, text), ...unwantedCode(path, text)] : []),
    ]),
  ];
}

// ---- imports ---------------------------------------------------------------------------------------------

function wrongArrows(path: string, text: string): string[] {
  const here = roomOf(path);
  return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName: name, pos }) => {
    const at = `${path}:${lineOf(text, pos)}: imports ${name}`;
    if (!name.startsWith(".")) {
      return isPure(path) && !purePackages.includes(name)
        ? [`${at}; the pure core imports no package but ${purePackages.join(", ")}`]
        : [];
    }
    const target = posix.join(posix.dirname(path), name);
    const there = roomOf(target);
    if (target.startsWith("..")) return [`${at}, outside the repository`];
    if (here !== there && !mayImport[here]?.includes(there)) {
      const may = mayImport[here]?.join(", ") || "no other room";
      return [`${at}; ${here === "." ? "the top" : here} may import ${may}`];
    }
    if (isPure(path) && !isPure(target)) return [`${at}, which is not pure`];
    return [];
  });
}

/** Top folders that hold code. */
function rooms(files: Files): string[] {
  const coded = Object.keys(files).filter((path) => path.endsWith(".ts"));
  return [...new Set(coded.map(roomOf))].filter((room) => room !== ".");
}

const roomOf = (path: string) => (path.includes("/") ? (path.split("/")[0] ?? ".") : ".");

// ---- code ------------------------------------------------------------------------------------------------

const testWords = ["test", "it", "describe", "suite", "bench"];
const leftOut = ["only", "skip", "todo", "fails"];

function unwantedCode(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const say = (node: ts.Node, what: string) =>
    found.push(`${path}:${lineOf(text, node.getStart())}: ${what}`);
  const visit = (node: ts.Node): void => {
    if (ts.isAsExpression(node) && node.type.kind === ts.SyntaxKind.AnyKeyword) say(node, "casts to any");
    const left = leftOutBy(node);
    if (left) say(node, `leaves tests out: ${left}`);
    if (isPure(path)) {
      const touched = worldlyName(node);
      if (touched) say(node, `the pure core mentions ${touched}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `Date.now`, `fetch`, `new Date()` and the like, where they are values; not as a property's or a type's name. */
function worldlyName(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node)) {
    const name = `${node.expression.getText()}.${node.name.text}`;
    return worldly.has(name) ? name : null;
  }
  if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
    const bare =
      node.expression.getText() === "Date" && (ts.isCallExpression(node) || !node.arguments?.length);
    return bare ? "the present: Date()" : null;
  }
  if (!ts.isIdentifier(node) || !worldly.has(node.text)) return null;
  const { parent } = node;
  const isName =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    ts.isPropertySignature(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isTypeReferenceNode(parent);
  return isName ? null : node.text;
}

/** A test that never runs, or that keeps others from it. Whether the machine lacks a part of the world is asked in
 *  one way only, `skipIf(missing("…"))`, which never skips where nothing may be missing. */
function leftOutBy(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node) && testWords.includes(firstName(node))) {
    const word = node.name.text;
    if (leftOut.includes(word)) return `.${word}`;
    if (word !== "skipIf" && word !== "runIf") return null;
    const call = node.parent;
    const asked = ts.isCallExpression(call) ? call.arguments[0] : undefined;
    return word === "skipIf" && asked && asksMachine(asked)
      ? null
      : `.${word} that does not ask missing("…")`;
  }
  if (ts.isCallExpression(node) && testWords.includes(firstName(node.expression))) {
    const options = node.arguments.find((argument) => ts.isObjectLiteralExpression(argument));
    const names = options?.properties.map((property) => property.name?.getText() ?? "") ?? [];
    const word = names.find((name) => leftOut.includes(name));
    return word ? `{ ${word} }` : null;
  }
  return null;
}

/** `missing("…")`, or several of them joined by `||`. */
function asksMachine(asked: ts.Expression): boolean {
  if (ts.isBinaryExpression(asked) && asked.operatorToken.kind === ts.SyntaxKind.BarBarToken) {
    return asksMachine(asked.left) && asksMachine(asked.right);
  }
  return ts.isCallExpression(asked) && asked.expression.getText() === "missing";
}

function firstName(node: ts.Expression): string {
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) return firstName(node.expression);
  return ts.isIdentifier(node) ? node.text : "";
}

// ---- text and names --------------------------------------------------------------------------------------

/** Written so that no pattern finds itself. */
const unwanted: [RegExp, string][] = [
  [/@ts-(ignore|nocheck|expect-error)/g, "silences the type checker"],
  [/\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b/g, "leaves something for later"],
  [
    /\b(registry\.(npmjs|yarnpkg|npmmirror)\.\w+|npm\.pkg\.github\.com|pypi\.org|files\.pythonhosted\.org|crates\.io|proxy\.golang\.org)\b/g,
    "names a package registry's host",
  ],
  [/"resolved":\s*"\w+:\/\//g, "names the host a package came from"],
];

function unwantedText(path: string, text: string): string[] {
  return unwanted.flatMap(([pattern, what]) =>
    [...text.matchAll(pattern)].map((hit) => `${path}:${lineOf(text, hit.index)}: ${what}: ${hit[0]}`),
  );
}

function vagueNames(path: string): string[] {
  const vague = path.split("/").find((part) => /^(utils?|helpers?|common|types|managers?)(\.|$)/i.test(part));
  return vague ? [`${path}: ${vague} says nothing of what is in it`] : [];
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}
