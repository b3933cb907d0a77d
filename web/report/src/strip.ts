/** The strip above the slider: how many leave in each step, with the days, so that one sees where to go. */

import type { ReportData } from "./data";
import { localDate, shortDay } from "./format";

/** Room that the name of a day takes. */
const DAY_PX = 52;
const SVG = "http://www.w3.org/2000/svg";

export function showStrip(frame: HTMLElement, data: ReportData, departures: Float64Array): void {
  const most = Math.max(1, ...departures);
  let bars = "";
  departures.forEach((persons, step) => {
    if (persons) bars += `M${step} 30V${(30 - 28 * (persons / most)).toFixed(1)}h1V30z`;
  });
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${data.steps} 30`);
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", bars);
  picture.append(path);
  const days = document.createElement("div");
  days.className = "days";
  days.setAttribute("aria-hidden", "true");
  frame.replaceChildren(picture, days);
  new ResizeObserver(() => nameDays(days, data, frame.clientWidth)).observe(frame);
  nameDays(days, data, frame.clientWidth);
}

/** The days under the strip, as many as there is room for. */
function nameDays(days: HTMLElement, data: ReportData, width: number): void {
  const perDay = 86_400 / data.step_s;
  const every = Math.max(1, Math.ceil((DAY_PX * data.steps) / perDay / Math.max(1, width)));
  const midnights = Array.from({ length: data.steps }, (_, step) => step).filter(
    (step) => localDate(data, step).getTime() % 86_400_000 === 0,
  );
  days.replaceChildren(...midnights.filter((_, i) => i % every === 0).map((step) => {
    const day = document.createElement("span");
    day.textContent = shortDay(localDate(data, step)).slice(4);
    day.style.left = `${(100 * step) / data.steps}%`;
    return day;
  }));
}
