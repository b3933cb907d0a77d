/** What the page carries: the shapes of its JSON, and series unpacked from runs. */

/** Runs of equal values: first step, steps, value, first step, steps, value, … */
export type Runs = number[];

/** from node, to node, series of persons entering per step, steps spent on it, whether by water (1) */
export type ArcRow = [from: number, to: number, series: number, steps: number, water: number];

/** first step, steps, state, capacity factor, reason */
export type StateRow = [first: number, steps: number, state: State, factor: number, reason: string];
export type State = "open" | "limited" | "closed" | "night";

export interface Zone {
  name: string;
  lon: number;
  lat: number;
  people: number;
  departures: number;
}

export interface Host {
  name: string;
  lon: number;
  lat: number;
  beds: number;
  territory: string;
  blocked: string;
  arrivals: number;
}

export interface Crossing {
  name: string;
  kind: string;
  lon: number;
  lat: number;
  states: StateRow[];
  load: number;
  capacity: number;
}

export interface Drawing {
  kind: string;
  name: string;
  shape: "area" | "line" | "point";
  width_m: number;
  parts: number[][];
}

export interface Mark {
  label: string;
  hours: number | null;
}

export interface ReportData {
  start_s: number;
  offset_s: number;
  step_s: number;
  steps: number;
  people: number;
  nodes: number[];
  network: number[];
  arcs: ArcRow[];
  series: Runs[];
  zones: Zone[];
  hosts: Host[];
  crossings: Crossing[];
  drawing: Drawing[];
  marks: Mark[];
}

export const readData = (): ReportData =>
  JSON.parse(document.getElementById("farshore-data")?.textContent ?? "null") as ReportData;

/** One value per step from runs; steps outside every run hold 0. */
export function unpack(runs: Runs, steps: number): Float64Array {
  const values = new Float64Array(steps);
  for (let i = 0; i + 2 < runs.length; i += 3) {
    const first = runs[i]!;
    values.fill(runs[i + 2]!, first, first + runs[i + 1]!);
  }
  return values;
}

/** Running total of a series, the step itself included. */
export function cumulative(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length);
  let sum = 0;
  values.forEach((value, step) => (sums[step] = sum += value));
  return sums;
}

/** Mean over the last `width` steps: people on a stretch that takes several steps to travel. */
export function trailingMean(values: Float64Array, width: number): Float64Array {
  if (width <= 1) return values;
  const sums = cumulative(values);
  return sums.map((sum, step) => (sum - (step >= width ? sums[step - width]! : 0)) / width);
}

/** Sum of several series. */
export function total(series: Float64Array[], steps: number): Float64Array {
  const sums = new Float64Array(steps);
  for (const values of series) values.forEach((value, step) => (sums[step]! += value));
  return sums;
}
