/** The strip above the slider: how many leave in each step, with the days, so that one sees where to go. */

import type { ReportData } from "./data";
import { localDate, shortDay } from "./format";

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
  for (let step = 0; step < data.steps; step += 1) {
    const at = localDate(data, step);
    if (at.getTime() % 86_400_000) continue;
    const day = document.createElement("span");
    day.textContent = shortDay(at).slice(4);
    day.style.left = `${(100 * step) / data.steps}%`;
    days.append(day);
  }
  frame.replaceChildren(picture, days);
}
