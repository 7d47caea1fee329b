/** analyzer · pure. The blast radius for programs. Times in minutes after the failure; of what follows its end, in
 *  minutes after that. */
import type { Reach } from "../cascade/blast.ts";
import { minuteMs } from "../cascade/graph.ts";
import type { Wave } from "../cascade/waves.ts";
import type { Edge, Stage } from "../dependencies.ts";

export function record(
  falls: readonly Reach[],
  after: readonly Wave[],
  lastsMinutes: number,
  unexplained: string | null,
) {
  const [root, ...rest] = falls;
  return {
    root: root?.node,
    lastsMinutes,
    /** Where it was hurt itself and nobody said by what. */
    hurtCauseUnknown: unexplained,
    falls: rest.map(({ node, because, from, until, edge, stage, known, again }) => ({
      node,
      because,
      fromMinutes: from / minuteMs,
      untilMinutes: until / minuteMs,
      ...said(edge, stage),
      advisory: !known,
      stages: edge?.stages,
      again: again.map((b) => ({
        because: b.because,
        fromMinutes: b.from / minuteMs,
        untilMinutes: b.until / minuteMs,
        ...said(b.edge, b.stage),
      })),
    })),
    afterwards: after.map(({ node, because, kind, from, until, edge, stage }) => ({
      node,
      because,
      kind,
      fromMinutes: from / minuteMs - lastsMinutes,
      untilMinutes: until / minuteMs - lastsMinutes,
      ...said(edge, stage),
    })),
  };
}

const said = (edge: Edge | null, stage: Stage | null) => ({
  says: edge?.says,
  plane: edge?.plane,
  when: stage?.when ?? null,
  grade: edge?.grade,
  source: edge?.source,
});
