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

/** A running total at the beginning of each step and at the end; flat stretches keep their two ends only. */
function risen(data: ReportData, sums: Float64Array): Row[] {
  const rows: Row[] = [{ at: localDate(data, 0), persons: 0 }];
  sums.forEach((persons, step) => {
    const flat = persons === rows.at(-1)!.persons && step + 1 < sums.length && sums[step + 1] === persons;
    if (!flat) rows.push({ at: localDate(data, step + 1), persons });
  });
  return rows;
}

/** Arrivals are at the start of a step: the total holds from there on. */
const arrived = (data: ReportData, sums: Float64Array): Row[] =>
  [...sums].map((persons, step) => ({ at: localDate(data, step), persons }))
    .filter(({ persons }, i, rows) => persons !== rows[i - 1]?.persons || persons !== rows[i + 1]?.persons);

export function peopleChart(scene: Scene, width: number): Chart {
  const { data } = scene;
  const departures = risen(data, cumulative(total(data.zones.map((z) => unpack(data.series[z.departures]!, data.steps)), data.steps)));
  const arrivals = arrived(data, total(scene.hosts.map((host) => host.taken), data.steps));
  const reached = data.marks.filter((mark): mark is { label: string; hours: number } => mark.hours !== null);
  const marks = reached.map(({ label, hours }) => {
    const at = new Date((data.start_s + data.offset_s + hours * 3600) * 1000);
    return { label, at, persons: Number(label.slice(1)) / 100 * data.people };
  });
  const wide = width > 520;
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
      Plot.areaY(arrivals, { x: "at", y: "persons", fill: "var(--host)", fillOpacity: 0.14, curve: "step-after" }),
      Plot.lineY(departures, { x: "at", y: "persons", stroke: "var(--zone)", strokeWidth: 2.2, strokeDasharray: "6 3" }),
      Plot.lineY(arrivals, { x: "at", y: "persons", stroke: "var(--host)", strokeWidth: 2.4, curve: "step-after" }),
      Plot.ruleX(marks, { x: "at", y1: 0, y2: "persons", stroke: "var(--quiet)" }),
      Plot.dot(marks, { x: "at", y: "persons", r: 5, fill: "var(--paper)", stroke: "var(--host)", strokeWidth: 2.2 }),
      Plot.text(marks, {
        x: "at", y: "persons", text: "label", dx: 9, dy: 10, textAnchor: "start",
        fontWeight: 600, fill: "var(--ink)", stroke: "var(--paper)", strokeWidth: 4,
      }),
      Plot.ruleY([0], { stroke: "var(--ink)" }),
    ],
  }) as Chart;
}

/** Persons per hour, step by step, over the capacity that was open to them. */
export function crossingChart(scene: Scene, crossing: CrossingMark, width: number): Chart {
  const { data } = scene;
  const perHour = 3600 / data.step_s;
  const rows = (series: Float64Array): Row[] => {
    const found: Row[] = [];
    series.forEach((persons, step) => {
      if (persons === series[step - 1] && persons === series[step + 1]) return;
      found.push({ at: localDate(data, step), persons: persons * perHour });
      found.push({ at: localDate(data, step + 1), persons: persons * perHour });
    });
    return found;
  };
  const capacity = unpack(data.series[crossing.capacity]!, data.steps);
  const top = Math.max(1, ...capacity, ...crossing.persons) * perHour;
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
    y: { label: "persons per hour", labelArrow: "none", grid: true, domain: [0, top * 1.06], tickFormat: count, ticks: 4 },
    marks: [
      Plot.areaY(rows(crossing.persons), { x: "at", y: "persons", fill: "var(--flow)", fillOpacity: 0.85 }),
      Plot.lineY(rows(capacity), { x: "at", y: "persons", stroke: "var(--ink)", strokeWidth: 1.3 }),
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
