/** The page's beginning: read the data, start the clock, show the map and the charts. */

import { crossingChart, mount, peopleChart } from "./charts";
import { Clock } from "./clock";
import { readData, total, unpack } from "./data";
import { WIDEST_FLOW_PX } from "./draw";
import { count, stepText } from "./format";
import { showMap } from "./map";
import type { Scene } from "./scene";
import { makeScene, stateAt } from "./scene";
import { ICONS } from "./symbols";
import { showStrip } from "./strip";

function busiest(values: Float64Array): number {
  return values.reduce((best, value, step) => (value > values[best]! ? step : best), 0);
}

/** The picture in one sentence, for those who don't see it and for print. */
function say(scene: Scene, step: number): string {
  const { data } = scene;
  const left = scene.zones.reduce((sum, zone) => sum + zone.left[step]!, 0);
  const arrived = scene.hosts.reduce((sum, host) => sum + host.taken[step]!, 0);
  const states = scene.crossings.map((crossing) => stateAt(crossing, step)[2]);
  const usable = states.filter((state) => state === "open" || state === "limited").length;
  return (
    `${stepText(data, step)}: ${count(left)} have left, ${count(arrived)} have reached a bed, ` +
    `${count(left - arrived)} are on their way; ${usable} of ${states.length} crossings can be used.`
  );
}

function flowLegend(scene: Scene): void {
  const frame = document.getElementById("flow-scale");
  if (!frame) return;
  const perHour = 3600 / scene.data.step_s;
  const round = (value: number): number => {
    const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
    return Math.max(1, Math.floor(value / power)) * power;
  };
  const most = round(scene.maxFlow * perHour);
  const items = [...new Set([most, round(most / 4)])].map((persons) => {
    const item = document.createElement("span");
    const line = document.createElement("i");
    line.style.height = `${Math.max(1.6, (WIDEST_FLOW_PX * persons) / perHour / scene.maxFlow)}px`;
    item.append(line, `${count(persons)} persons/h`);
    return item;
  });
  frame.replaceChildren(...items);
}

/** Which icon means which kind of crossing, for the kinds that there are. */
function kindLegend(scene: Scene): void {
  const frame = document.getElementById("kinds");
  if (!frame) return;
  const kinds = [...new Set(scene.crossings.map(({ kind }) => kind))].filter((kind) => kind in ICONS).sort();
  frame.replaceChildren(...kinds.map((kind) => {
    const item = document.createElement("span");
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    picture.setAttribute("viewBox", "-8 -8 16 16");
    picture.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", ICONS[kind]!);
    path.setAttribute("class", "icon");
    picture.append(path);
    item.append(picture, kind.replace("_", " "));
    return item;
  }));
}

function start(): void {
  const data = readData();
  const scene = makeScene(data);
  const departures = total(data.zones.map((zone) => unpack(data.series[zone.departures]!, data.steps)), data.steps);
  const moving = new Float64Array(data.steps);
  for (const chain of scene.chains) for (const { flow } of chain) flow.forEach((value, step) => (moving[step]! += value));
  const clock = new Clock(data, moving, busiest(departures));
  const root = document.getElementById("map")!;
  const sentence = root.querySelector<HTMLElement>("#sentence")!;
  clock.onStep((step) => {
    // Read out what somebody chose to look at, not every step of a film.
    sentence.setAttribute("aria-live", clock.isPlaying ? "off" : "polite");
    sentence.textContent = say(scene, step);
  });
  showStrip(root.querySelector("#strip")!, data, departures);
  flowLegend(scene);
  kindLegend(scene);
  showMap(scene, clock, root);
  const people = document.getElementById("people-chart");
  if (people) mount(people, (width) => peopleChart(scene, width), data, clock);
  scene.crossings.forEach((crossing, index) => {
    const frame = document.getElementById(`crossing-chart-${index}`);
    if (frame) mount(frame, (width) => crossingChart(scene, crossing, width), data, clock);
  });
  clock.bind(root);
  document.documentElement.dataset["ready"] = "yes";
}

start();
