/** Used links strung into chains, so that what moves along a road moves on through its junctions. */

import type { ArcRow, ReportData } from "./data";
import { trailingMean, unpack } from "./data";
import type { Point } from "./projection";
import { project } from "./projection";

export interface Stretch {
  from: Point;
  to: Point;
  /** length from the beginning of the chain, in units of the projection */
  along: number;
  length: number;
  /** persons per step */
  flow: Float64Array;
  /** persons per step the other way: where both move, each keeps to its right */
  opposite: Float64Array | undefined;
  byWater: boolean;
}

export const nodePoint = (data: ReportData, node: number): Point =>
  project(data.nodes[2 * node]! / 1e5, data.nodes[2 * node + 1]! / 1e5);

/** Stretches chain by chain, each chain in the direction of travel. */
export function chains(data: ReportData): Stretch[][] {
  const { arcs } = data;
  const out = new Map<number, number[]>();
  const into = new Map<number, number[]>();
  arcs.forEach(([from, to], index) => {
    out.set(from, [...(out.get(from) ?? []), index]);
    into.set(to, [...(into.get(to) ?? []), index]);
  });
  const only = (found: number[]): number => (found.length === 1 ? found[0]! : -1);
  const next = (arc: number): number => {
    const [from, to] = arcs[arc]!;
    return only((out.get(to) ?? []).filter((other) => arcs[other]![1] !== from));
  };
  const previous = (arc: number): number => {
    const [from, to] = arcs[arc]!;
    return only((into.get(from) ?? []).filter((other) => arcs[other]![0] !== to));
  };
  const follows = (arc: number): number => {
    const after = next(arc);
    return after >= 0 && previous(after) === arc ? after : -1;
  };
  const starts = arcs.map((_, arc) => arc).filter((arc) => {
    const before = previous(arc);
    return before < 0 || next(before) !== arc;
  });
  const between = new Map(arcs.map((arc) => [`${arc[0]} ${arc[1]}`, arc]));
  const flows = new Map<string, Float64Array>();
  const flowOf = ([, , series, steps]: ArcRow): Float64Array => {
    const key = `${series} ${steps}`;
    if (!flows.has(key)) flows.set(key, trailingMean(unpack(data.series[series]!, data.steps), steps));
    return flows.get(key)!;
  };
  const seen = new Set<number>();
  const found: Stretch[][] = [];
  // What is left after the chains with a beginning are circles; any of their arcs may begin them.
  for (const start of [...starts, ...arcs.keys()]) {
    const chain: Stretch[] = [];
    let along = 0;
    for (let arc = start; arc >= 0 && !seen.has(arc); arc = follows(arc)) {
      seen.add(arc);
      const [from, to, , , water] = arcs[arc]!;
      const [a, b] = [nodePoint(data, from), nodePoint(data, to)];
      const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
      const back = between.get(`${to} ${from}`);
      chain.push({
        from: a, to: b, along, length, flow: flowOf(arcs[arc]!), opposite: back && flowOf(back), byWater: water === 1,
      });
      along += length;
    }
    if (chain.length) found.push(chain);
  }
  return found;
}
