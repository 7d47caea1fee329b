/** store · borders. A list of objects in YAML or JSON (which YAML 1.2 holds whole), each with the line it stands on. */
import { isMap, isNode, isSeq, LineCounter, parseDocument } from "yaml";
import { BadInput } from "./records.ts";

export type Item = {
  value: Record<string, unknown>;
  /** Such as `watch.yaml:12, target 3`. */
  where: string;
  /** The same for the line of something inside it; of the innermost that is there. */
  lineOf(...path: PropertyKey[]): string;
};

/** Throws `BadInput` that names the file and the line. `noun` and `example`: what the list holds, for
 *  messages. */
export function itemsOf(text: string, file: string, noun = "target", example = "kind: dns"): Item[] {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, logLevel: "silent", prettyErrors: false });
  const at = (offset: number) => `${file}:${counter.linePos(offset).line}`;
  const [fault] = document.errors;
  if (fault) throw new BadInput(`${at(fault.pos[0])}: expected YAML or JSON: ${fault.message}`);
  const list = document.contents;
  if (list === null) return [];
  if (!isSeq(list)) throw new BadInput(`${at(list.range?.[0] ?? 0)}: expected a list of ${noun}s`);
  return list.items.map((item, i) => {
    const lineOf = (...path: PropertyKey[]) => {
      const depths = path.map((_, depth) => document.getIn([i, ...path.slice(0, path.length - depth)], true));
      const found = [...depths, item].find((node) => isNode(node) && node.range);
      const offset = isNode(found) ? (found.range?.[0] ?? 0) : 0;
      return `${at(offset)}, ${noun} ${i + 1}`;
    };
    if (!isMap(item)) throw new BadInput(`${lineOf()}: expected an object such as { ${example}, … }`);
    try {
      return { value: item.toJS(document), where: lineOf(), lineOf };
    } catch (error) {
      throw new BadInput(`${lineOf()}: ${error instanceof Error ? error.message : error}`); // too many aliases
    }
  });
}
