/** One picture of the map: water, roads, flows, marks and labels for one step and one view. */

import type { Stretch } from "./chains";
import { count } from "./format";
import type { Rect, Wanted } from "./labels";
import { placeLabels } from "./labels";
import type { Point } from "./projection";
import { metresPerPixel } from "./projection";
import type { CrossingMark, Scene } from "./scene";
import { stateAt } from "./scene";
import { CROSSING_RADIUS, drawCrossing, drawHost, drawZone } from "./symbols";
import type { Theme } from "./theme";

export interface View {
  k: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

export const WIDEST_FLOW_PX = 13;
const ARROW_EVERY_PX = 46;
const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';
const BOLD = `600 ${FONT}`;
const LARGE_BOLD = `700 ${FONT.replace("12px", "15px")}`;
const LINE_PX = 15;

const onScreen = (view: View, [x, y]: Point): Point => [x * view.k + view.x, y * view.k + view.y];

export const zoneRadius = (scene: Scene, people: number): number => Math.max(3.5, 25 * Math.sqrt(people / scene.maxPeople));
export const hostHalf = (scene: Scene, beds: number): number => Math.max(4.5, 11 * Math.sqrt(beds / scene.maxBeds));
export const flowWidth = (scene: Scene, persons: number): number =>
  Math.max(1.6, (WIDEST_FLOW_PX * persons) / scene.maxFlow);

/** What no step changes: land, water and roads. */
export function drawGround(context: CanvasRenderingContext2D, scene: Scene, view: View, theme: Theme): void {
  context.fillStyle = theme.land;
  context.fillRect(0, 0, view.width, view.height);
  context.lineCap = "round";
  context.lineJoin = "round";
  drawShapes(context, scene, view, theme);
  drawRoads(context, scene, view, theme);
}

/** What moves, over the ground: flows, marks, labels. */
export function drawStep(
  context: CanvasRenderingContext2D, scene: Scene, view: View, step: number, phase: number, theme: Theme,
): void {
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const chain of scene.chains) drawFlow(context, scene, view, chain, step, phase, theme);
  drawMarks(context, scene, view, step, theme);
  drawLabels(context, scene, view, step, theme);
  drawScaleBar(context, scene, view, theme);
}

function drawShapes(context: CanvasRenderingContext2D, scene: Scene, view: View, theme: Theme): void {
  const [, south, , north] = scene.home;
  const metres = metresPerPixel(view.k, (south + north) / 2);
  for (const shape of scene.shapes) {
    const water = shape.kind === "water";
    const path = new Path2D();
    for (const part of shape.parts) {
      const corners = part.map((point) => onScreen(view, point));
      if (shape.shape === "line" && water) smooth(path, corners);
      else corners.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
      if (shape.shape === "area") path.closePath();
    }
    context.strokeStyle = water ? theme.water : theme.quiet;
    context.fillStyle = theme.water;
    if (shape.shape === "area" && water) context.fill(path, "evenodd");
    if (shape.shape === "line" || !water) {
      context.lineWidth = water ? Math.max(4, shape.width_m / metres) : 1;
      if (!water) context.setLineDash([7, 4, 2, 4]);
      context.stroke(path);
      context.setLineDash([]);
    }
  }
}

/** A curve through points (Catmull–Rom): a river known by a few points doesn't turn at sharp corners. */
function smooth(path: Path2D, points: Point[]): void {
  points.forEach(([x, y], i) => {
    if (!i) return path.moveTo(x, y);
    const [x0, y0] = points[i - 1]!;
    const [xb, yb] = points[i - 2] ?? points[i - 1]!;
    const [xa, ya] = points[i + 1] ?? points[i]!;
    path.bezierCurveTo(x0 + (x - xb) / 6, y0 + (y - yb) / 6, x - (xa - x0) / 6, y - (ya - y0) / 6, x, y);
  });
}

function drawRoads(context: CanvasRenderingContext2D, scene: Scene, view: View, theme: Theme): void {
  const stroke = (lines: Iterable<[Point, Point]>, colour: string, width: number): void => {
    context.beginPath();
    for (const [from, to] of lines) {
      context.moveTo(...onScreen(view, from));
      context.lineTo(...onScreen(view, to));
    }
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  };
  stroke(scene.network, theme.road, 0.9);
  const used = (water: boolean): [Point, Point][] =>
    scene.chains.flatMap((chain) =>
      chain.filter((stretch) => stretch.byWater === water).map(({ from, to }): [Point, Point] => [from, to]),
    );
  stroke(used(false), theme.route, 2);
  context.setLineDash([2, 5]);
  stroke(used(true), theme.route, 2);
  context.setLineDash([]);
}

interface OnScreen {
  x: number;
  y: number;
  length: number;
  ux: number;
  uy: number;
  width: number;
}

/** Where a stretch with people on it lies in the picture; undefined if there are none or it lies outside. */
function lay(scene: Scene, view: View, stretch: Stretch, step: number): OnScreen | undefined {
  const persons = stretch.flow[step]!;
  if (persons < 0.5) return undefined;
  const [x0, y0] = onScreen(view, stretch.from);
  const [x1, y1] = onScreen(view, stretch.to);
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 0.01 || Math.max(x0, x1) < -50 || Math.min(x0, x1) > view.width + 50) return undefined;
  if (Math.max(y0, y1) < -50 || Math.min(y0, y1) > view.height + 50) return undefined;
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const width = flowWidth(scene, persons);
  const aside = (stretch.opposite?.[step] ?? 0) >= 0.5 ? width / 2 + 1 : 0;
  return { x: x0 - uy * aside, y: y0 + ux * aside, length, ux, uy, width };
}

/** The chain's flow in this step: as wide as the persons on it, with arrows the way they go. */
function drawFlow(
  context: CanvasRenderingContext2D, scene: Scene, view: View, chain: Stretch[], step: number, phase: number, theme: Theme,
): void {
  const laid = chain.map((stretch) => lay(scene, view, stretch, step));
  context.strokeStyle = theme.flow;
  for (const line of laid) {
    if (!line) continue;
    context.lineWidth = line.width;
    context.beginPath();
    context.moveTo(line.x, line.y);
    context.lineTo(line.x + line.ux * line.length, line.y + line.uy * line.length);
    context.stroke();
  }
  laid.forEach((line, index) => {
    if (!line) return;
    const before = chain[index]!.along * view.k;
    const first = Math.ceil((before - phase) / ARROW_EVERY_PX) * ARROW_EVERY_PX + phase - before;
    for (let d = first; d < line.length; d += ARROW_EVERY_PX) {
      const [x, y] = [line.x + line.ux * d, line.y + line.uy * d];
      if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) continue;
      drawArrow(context, x, y, line.ux, line.uy, line.width, theme);
    }
  });
}

function drawArrow(
  context: CanvasRenderingContext2D, x: number, y: number, ux: number, uy: number, width: number, theme: Theme,
): void {
  const wide = width >= 6;
  const half = wide ? width * 0.3 : 3.4;
  const long = wide ? width * 0.34 : 3.6;
  context.beginPath();
  context.moveTo(x - ux * long - uy * half, y - uy * long + ux * half);
  context.lineTo(x + ux * long * 0.5, y + uy * long * 0.5);
  context.lineTo(x - ux * long + uy * half, y - uy * long - ux * half);
  context.strokeStyle = wide ? theme.paper : theme.flow;
  context.lineWidth = wide ? 1.8 : 2;
  context.stroke();
}

function drawMarks(context: CanvasRenderingContext2D, scene: Scene, view: View, step: number, theme: Theme): void {
  const drawAll = (crossings: CrossingMark[]): void => {
    for (const crossing of crossings) {
      const [x, y] = onScreen(view, crossing.at);
      drawCrossing(context, x, y, crossing.kind, stateAt(crossing, step)[2], theme);
    }
  };
  // Crossings that carry nobody lie below the zones and hosts beside them, those that carry people above.
  drawAll(scene.crossings.filter((crossing) => !crossing.sofar.at(-1)));
  for (const zone of scene.zones) {
    const [x, y] = onScreen(view, zone.at);
    const share = zone.people ? 1 - zone.left[step]! / zone.people : 0;
    drawZone(context, x, y, zoneRadius(scene, zone.people), share, theme);
  }
  for (const host of scene.hosts) {
    const [x, y] = onScreen(view, host.at);
    drawHost(context, x, y, hostHalf(scene, host.beds), host.beds ? host.taken[step]! / host.beds : 0, !!host.blocked, theme);
  }
  drawAll(scene.crossings.filter((crossing) => crossing.sofar.at(-1)));
}

interface Label {
  name: string;
  figure: string;
  /** the longest figure that it may show: places don't jump about as time goes on */
  widest: string;
  at: Point;
  away: number;
  weight: number;
  large?: boolean;
}

const STATE_WORDS = { open: "open", limited: "limited", closed: "closed", night: "closed for the night" };

/** Zones with more than this share of the largest one's people are written large. */
const LARGE = 0.4;
const short = (name: string): string => (name.length > 32 ? `${name.slice(0, 31).trimEnd()}…` : name);

function labelsOf(scene: Scene, step: number): Label[] {
  const zones = scene.zones.map((zone): Label => {
    const large = zone.people > LARGE * scene.maxPeople;
    const words = large ? " still there" : "";
    return {
      name: short(zone.name),
      figure: `${count(zone.people - zone.left[step]!)}${words}`,
      widest: `${count(zone.people)}${words}`,
      at: zone.at,
      away: zoneRadius(scene, zone.people) + 4,
      weight: large ? Infinity : zone.people,
      large,
    };
  });
  const hosts = scene.hosts.map((host): Label => ({
    name: host.name,
    figure: host.blocked ? "blocked" : `${count(host.taken[step]!)} of ${count(host.beds)} beds`,
    widest: host.blocked ? "blocked" : `${count(host.beds)} of ${count(host.beds)} beds`,
    at: host.at,
    away: hostHalf(scene, host.beds) + 5,
    weight: host.taken.at(-1)! + 1,
  }));
  const crossings = scene.crossings.map((crossing): Label => {
    const state = stateAt(crossing, step)[2];
    const whole = crossing.sofar.at(-1)!;
    return {
      name: short(crossing.name),
      figure: STATE_WORDS[state] + (whole ? ` · ${count(crossing.sofar[step]!)} so far` : ""),
      widest: whole ? `closed for the night · ${count(whole)} so far` : "closed for the night",
      at: crossing.at,
      away: CROSSING_RADIUS + 5,
      weight: whole * 1.5 + 2,
    };
  });
  return [...zones, ...hosts, ...crossings].sort((a, b) => b.weight - a.weight);
}

function markRects(scene: Scene, view: View): Rect[] {
  const rect = (at: Point, half: number): Rect => {
    const [x, y] = onScreen(view, at);
    return { x: x - half, y: y - half, width: 2 * half, height: 2 * half };
  };
  return [
    ...scene.zones.map((zone) => rect(zone.at, zoneRadius(scene, zone.people))),
    ...scene.hosts.map((host) => rect(host.at, hostHalf(scene, host.beds))),
    ...scene.crossings.map((crossing) => rect(crossing.at, CROSSING_RADIUS)),
  ];
}

function drawLabels(context: CanvasRenderingContext2D, scene: Scene, view: View, step: number, theme: Theme): void {
  const labels = labelsOf(scene, step).filter(({ at }) => {
    const [x, y] = onScreen(view, at);
    return x > 0 && y > 0 && x < view.width && y < view.height;
  });
  const wanted = labels.map((label): Wanted => {
    const [x, y] = onScreen(view, label.at);
    context.font = label.large ? LARGE_BOLD : BOLD;
    const width = Math.max(context.measureText(label.name).width, context.measureText(label.widest).width) + 2;
    return { text: label.name, x, y, away: label.away, width, height: 2 * LINE_PX };
  });
  // The scale bar and the buttons lie over the map.
  const bar: Rect = { x: 0, y: view.height - 34, width: 150, height: 34 };
  const buttons: Rect = { x: view.width - 105, y: 0, width: 105, height: 175 };
  const outside = drawOutside(context, scene, view, step, theme);
  const within = { x: 3, y: 3, width: view.width - 6, height: view.height - 6 };
  context.textBaseline = "middle";
  for (const place of placeLabels(wanted, [...markRects(scene, view), bar, buttons, ...outside], within)) {
    const label = labels[place.index]!;
    const { x, y } = wanted[place.index]!;
    if (place.far) leader(context, x, y, place, theme);
    const [side, left] = place.x >= x ? (["left", place.x] as const)
      : place.x + place.width <= x ? (["right", place.x + place.width] as const)
      : (["center", place.x + place.width / 2] as const);
    context.textAlign = side;
    halo(context, label.name, left, place.y + LINE_PX / 2, label.large ? LARGE_BOLD : BOLD, theme.ink, theme);
    halo(context, label.figure, left, place.y + LINE_PX * 1.5, FONT, theme.ink, theme);
  }
}

/** A thin line from a mark to a label that found room only at a distance. */
function leader(context: CanvasRenderingContext2D, x: number, y: number, to: Rect, theme: Theme): void {
  context.strokeStyle = theme.quiet;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(Math.max(to.x, Math.min(x, to.x + to.width)), Math.max(to.y, Math.min(y, to.y + to.height)));
  context.stroke();
}

function halo(
  context: CanvasRenderingContext2D, text: string, x: number, y: number, font: string, colour: string, theme: Theme,
): void {
  context.font = font;
  context.lineWidth = 3.5;
  context.strokeStyle = theme.land;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/** Hosts beyond the edge: a tag where the way to them leaves the picture. */
function drawOutside(context: CanvasRenderingContext2D, scene: Scene, view: View, step: number, theme: Theme): Rect[] {
  const taken: Rect[] = [];
  const middle: Point = [view.width / 2, view.height / 2];
  context.font = FONT;
  context.textBaseline = "middle";
  context.textAlign = "left";
  const hosts = scene.hosts.filter((host) => host.taken.at(-1)! > 0).sort((a, b) => b.taken.at(-1)! - a.taken.at(-1)!);
  for (const host of hosts) {
    const [x, y] = onScreen(view, host.at);
    if (x > 0 && y > 0 && x < view.width && y < view.height) continue;
    const [dx, dy] = [x - middle[0], y - middle[1]];
    const far = Math.max(Math.abs(dx) / (middle[0] - 2), Math.abs(dy) / (middle[1] - 2));
    const [ex, ey] = [middle[0] + dx / far, middle[1] + dy / far];
    const text = `${host.name} ${count(host.taken[step]!)}`;
    const width = context.measureText(`${host.name} ${count(host.taken.at(-1)!)}`).width + 26;
    const rect: Rect = {
      x: Math.max(4, Math.min(view.width - width - 4, ex - width / 2)),
      y: Math.max(4, Math.min(view.height - 60, ey - 10)),
      width,
      height: 20,
    };
    for (let tries = 0; tries < 12 && taken.some((other) => touches(rect, other)); tries += 1) {
      rect.y += ey > middle[1] ? -22 : 22;
    }
    taken.push({ ...rect });
    context.fillStyle = theme.paper;
    context.strokeStyle = theme.host;
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(rect.x, rect.y, rect.width, rect.height, 10);
    context.fill();
    context.stroke();
    context.fillStyle = theme.ink;
    context.fillText(text, rect.x + 20, rect.y + 10.5);
    const angle = Math.atan2(dy, dx);
    context.save();
    context.translate(rect.x + 11, rect.y + 10);
    context.rotate(angle);
    context.strokeStyle = theme.host;
    context.lineWidth = 1.8;
    context.beginPath();
    context.moveTo(-5, 0);
    context.lineTo(5, 0);
    context.moveTo(1.5, -3.5);
    context.lineTo(5, 0);
    context.lineTo(1.5, 3.5);
    context.stroke();
    context.restore();
  }
  return taken;
}

const touches = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function drawScaleBar(context: CanvasRenderingContext2D, scene: Scene, view: View, theme: Theme): void {
  const metres = metresPerPixel(view.k, (scene.home[1] + scene.home[3]) / 2);
  const target = 90 * metres;
  const power = 10 ** Math.floor(Math.log10(target));
  const span = [5, 2, 1].map((n) => n * power).find((n) => n <= target) ?? power;
  const width = span / metres;
  const [x, y] = [12, view.height - 12];
  context.lineWidth = 1.6;
  context.strokeStyle = theme.ink;
  context.beginPath();
  context.moveTo(x, y - 5);
  context.lineTo(x, y);
  context.lineTo(x + width, y);
  context.lineTo(x + width, y - 5);
  context.stroke();
  context.textAlign = "left";
  context.textBaseline = "middle";
  halo(context, span >= 1000 ? `${count(span / 1000)} km` : `${count(span)} m`, x + 5, y - 10, FONT, theme.ink, theme);
}
