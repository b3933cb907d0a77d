/** The charts: people over time, and each crossing's load against what it can carry. */

import * as Plot from "@observablehq/plot";

import type { Clock } from "./clock";
import type { ReportData } from "./data";
import { count, localDate, offsetText, shortDay } from "./format";
import type { CrossingMark, Scene } from "./scene";
import { total, unpack, cumulative } from "./data";

const DAY_S = 86_400;

interface Row {
  at: Date;
  persons: number;
}

type Chart = (SVGSVGElement | HTMLElement) & { scale(name: string): { apply(value: Date): number } | undefined };

const style = { fontSize: "12px", fontFamily: "inherit", overflow: "visible", background: "none" } as const;

/** Midnights to label: as many as fit. */
function midnights(data: ReportData, width: number, labelPx: number): Date[] {
  const days = (data.steps * data.step_s) / DAY_S;
  const every = Math.max(1, Math.ceil((days * labelPx) / width));
  const first = Math.ceil((data.start_s + data.offset_s) / DAY_S) * DAY_S;
  const end = data.start_s + data.offset_s + data.steps * data.step_s;
  const found = [];
  for (let at = first; at <= end; at += every * DAY_S) found.push(new Date(at * 1000));
  return found;
}

function timeAxis(data: ReportData, width: number): Plot.ScaleOptions & { domain: Date[] } {
  return {
    type: "utc",
    domain: [localDate(data, 0), localDate(data, data.steps)],
    ticks: midnights(data, width, 52),
    tickFormat: (at: Date) => shortDay(at).slice(4),
    label: `local time (${offsetText(data.offset_s)}), marks at midnight`,
    labelAnchor: "center",
    labelArrow: "none",
  };
}

/** A running total, each step's persons counted by its end; flat stretches keep their two ends only. */
function risen(data: ReportData, sums: Float64Array): Row[] {
  const rows: Row[] = [{ at: localDate(data, 0), persons: 0 }];
  sums.forEach((persons, step) => {
    const flat = persons === rows.at(-1)!.persons && step + 1 < sums.length && sums[step + 1] === persons;
    if (!flat) rows.push({ at: localDate(data, step + 1), persons });
  });
  return rows;
}

/** Hours that one bar stands for: fine enough to see a day, coarse enough to see a fortnight. */
const barHours = (data: ReportData): number => {
  const days = (data.steps * data.step_s) / DAY_S;
  return days <= 4 ? 1 : days <= 16 ? 2 : 6;
};

/** Mean persons per hour over bars of some hours, as the corners of a stepped outline. */
function perHour(data: ReportData, series: Float64Array): Row[] {
  const width = Math.max(1, Math.round((barHours(data) * 3600) / data.step_s));
  const found: Row[] = [];
  for (let first = 0; first < data.steps; first += width) {
    const last = Math.min(data.steps, first + width);
    const persons = (series.slice(first, last).reduce((sum, n) => sum + n, 0) * 3600) / ((last - first) * data.step_s);
    found.push({ at: localDate(data, first), persons }, { at: localDate(data, last), persons });
  }
  return found;
}

export function peopleChart(scene: Scene, width: number): Chart {
  const { data } = scene;
  const departures = risen(data, cumulative(total(data.zones.map((z) => unpack(data.series[z.departures]!, data.steps)), data.steps)));
  const arrivals = risen(data, total(scene.hosts.map((host) => host.taken), data.steps));
  const reached = data.marks.filter((mark): mark is { label: string; hours: number } => mark.hours !== null);
  const marks = reached.map(({ label, hours }) => {
    const at = new Date((data.start_s + data.offset_s + hours * 3600) * 1000);
    return { label, at, persons: Number(label.slice(1)) / 100 * data.people };
  });
  const wide = width > 520;
  // Beyond this a mark's name would run over the edge: it stands on the other side.
  const late = localDate(data, 0.88 * data.steps);
  return Plot.plot({
    width,
    height: wide ? 340 : 280,
    marginLeft: 62,
    marginRight: 18,
    marginTop: 28,
    marginBottom: 44,
    style,
    ariaLabel: "People who have left and people who have reached a bed, over time",
    x: timeAxis(data, width - 80),
    y: { label: "persons", labelArrow: "none", grid: true, domain: [0, data.people * 1.05], tickFormat: count, ticks: 6 },
    marks: [
      Plot.ruleY([data.people], { stroke: "var(--ink)", strokeDasharray: "2 3" }),
      Plot.text([{ at: localDate(data, 0), persons: data.people }], {
        x: "at", y: "persons", text: () => `choose to leave: ${count(data.people)}`, textAnchor: "start", dy: -9, dx: 4, fill: "var(--ink)",
      }),
      Plot.areaY(arrivals, { x: "at", y1: 0, y2: "persons", fill: "var(--host)", fillOpacity: 0.14 }),
      Plot.lineY(departures, { x: "at", y: "persons", stroke: "var(--zone)", strokeWidth: 2.2, strokeDasharray: "6 3" }),
      Plot.lineY(arrivals, { x: "at", y: "persons", stroke: "var(--host)", strokeWidth: 2.4 }),
      Plot.ruleX(marks, { x: "at", y1: 0, y2: "persons", stroke: "var(--quiet)" }),
      Plot.dot(marks, { x: "at", y: "persons", r: 5, fill: "var(--paper)", stroke: "var(--host)", strokeWidth: 2.2 }),
      ...(["start", "end"] as const).map((textAnchor) =>
        Plot.text(marks.filter(({ at }) => (at > late) === (textAnchor === "end")), {
          x: "at", y: "persons", text: "label", dx: textAnchor === "end" ? -9 : 9, dy: 12, textAnchor,
          fontWeight: 600, fill: "var(--ink)", stroke: "var(--paper)", strokeWidth: 4,
        }),
      ),
      Plot.ruleY([0], { stroke: "var(--ink)" }),
    ],
  }) as Chart;
}

/** Persons per hour under the outline of the capacity that was open to them. */
export function crossingChart(scene: Scene, crossing: CrossingMark, width: number): Chart {
  const { data } = scene;
  const load = perHour(data, crossing.persons);
  const capacity = perHour(data, unpack(data.series[crossing.capacity]!, data.steps));
  const top = Math.max(1, ...[...load, ...capacity].map(({ persons }) => persons));
  return Plot.plot({
    width,
    height: 190,
    marginLeft: 54,
    marginRight: 14,
    marginTop: 24,
    marginBottom: 42,
    style,
    ariaLabel: `${crossing.name}: persons per hour over time, beside its capacity`,
    x: timeAxis(data, width - 68),
    y: { label: `persons per hour, means over ${barHours(data)} h`, labelArrow: "none", grid: true, domain: [0, top * 1.06], tickFormat: count, ticks: 4 },
    marks: [
      Plot.areaY(load, { x: "at", y1: 0, y2: "persons", fill: "var(--flow)", fillOpacity: 0.85 }),
      Plot.lineY(capacity, { x: "at", y: "persons", stroke: "var(--ink)", strokeWidth: 1.3 }),
      Plot.ruleY([0], { stroke: "var(--ink)" }),
    ],
  }) as Chart;
}

/** Put a chart in its frame, redraw it when the frame's width changes, and let the clock's hand run over it. */
export function mount(frame: HTMLElement, make: (width: number) => Chart, data: ReportData, clock: Clock): void {
  const hand = document.createElement("div");
  hand.className = "hand";
  hand.setAttribute("aria-hidden", "true");
  let chart: Chart | undefined;
  let width = 0;
  const place = (): void => {
    const at = chart?.scale("x")?.apply(localDate(data, clock.step));
    if (at !== undefined) hand.style.left = `${at}px`;
  };
  const show = (): void => {
    const now = Math.floor(frame.getBoundingClientRect().width);
    if (!now || now === width) return;
    width = now;
    chart = make(width);
    frame.replaceChildren(chart, hand);
    place();
  };
  new ResizeObserver(show).observe(frame);
  show();
  clock.onStep(place);
}
