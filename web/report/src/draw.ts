/** One picture of the map: water, roads, flows, marks and labels for one step and one view. */

import type { Stretch } from "./chains";
import { count } from "./format";
import type { Rect, Wanted } from "./labels";
import { placeLabels } from "./labels";
import type { Point } from "./projection";
import { metresPerPixel } from "./projection";
import type { Scene } from "./scene";
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
const LINE_PX = 15;

const onScreen = (view: View, [x, y]: Point): Point => [x * view.k + view.x, y * view.k + view.y];

export const zoneRadius = (scene: Scene, people: number): number => Math.max(3.5, 25 * Math.sqrt(people / scene.maxPeople));
export const hostHalf = (scene: Scene, beds: number): number => Math.max(4.5, 11 * Math.sqrt(beds / scene.maxBeds));
export const flowWidth = (scene: Scene, persons: number): number =>
  Math.max(1.6, (WIDEST_FLOW_PX * persons) / scene.maxFlow);

export function draw(context: CanvasRenderingContext2D, scene: Scene, view: View, step: number, phase: number, theme: Theme): void {
  context.fillStyle = theme.land;
  context.fillRect(0, 0, view.width, view.height);
  context.lineCap = "round";
  context.lineJoin = "round";
  drawShapes(context, scene, view, theme);
  drawRoads(context, scene, view, theme);
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
      part.forEach((point, i) => {
        const [x, y] = onScreen(view, point);
        if (i) path.lineTo(x, y);
        else path.moveTo(x, y);
      });
      if (shape.shape === "area") path.closePath();
    }
    context.strokeStyle = water ? theme.water : theme.quiet;
    context.fillStyle = theme.water;
    if (shape.shape === "area" && water) context.fill(path, "evenodd");
    if (shape.shape === "line" || !water) {
      context.lineWidth = water ? Math.max(2.5, shape.width_m / metres) : 1;
      if (!water) context.setLineDash([7, 4, 2, 4]);
      context.stroke(path);
      context.setLineDash([]);
    }
  }
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

/** The chain's flow in this step: as wide as the persons on it, with arrows the way they go. */
function drawFlow(
  context: CanvasRenderingContext2D, scene: Scene, view: View, chain: Stretch[], step: number, phase: number, theme: Theme,
): void {
  for (const stretch of chain) {
    const persons = stretch.flow[step]!;
    if (persons < 0.5) continue;
    const width = flowWidth(scene, persons);
    let [x0, y0] = onScreen(view, stretch.from);
    let [x1, y1] = onScreen(view, stretch.to);
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length < 0.01 || Math.max(x0, x1) < -50 || Math.min(x0, x1) > view.width + 50) continue;
    if (Math.max(y0, y1) < -50 || Math.min(y0, y1) > view.height + 50) continue;
    const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
    if (stretch.twoWay) {
      const aside = width / 2 + 1;
      [x0, x1, y0, y1] = [x0 - uy * aside, x1 - uy * aside, y0 + ux * aside, y1 + ux * aside];
    }
    context.strokeStyle = theme.flow;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.stroke();
  }
  for (const stretch of chain) {
    const persons = stretch.flow[step]!;
    if (persons < 0.5) continue;
    const width = flowWidth(scene, persons);
    const [x0, y0] = onScreen(view, stretch.from);
    const [x1, y1] = onScreen(view, stretch.to);
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length < 0.5) continue;
    const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
    const aside = stretch.twoWay ? width / 2 + 1 : 0;
    const before = stretch.along * view.k;
    const first = Math.ceil((before - phase) / ARROW_EVERY_PX) * ARROW_EVERY_PX + phase - before;
    for (let d = first; d < length; d += ARROW_EVERY_PX) {
      const [x, y] = [x0 + ux * d - uy * aside, y0 + uy * d + ux * aside];
      if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) continue;
      drawArrow(context, x, y, ux, uy, width, theme);
    }
  }
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
  for (const zone of scene.zones) {
    const [x, y] = onScreen(view, zone.at);
    const share = zone.people ? 1 - zone.left[step]! / zone.people : 0;
    drawZone(context, x, y, zoneRadius(scene, zone.people), share, theme);
  }
  for (const host of scene.hosts) {
    const [x, y] = onScreen(view, host.at);
    drawHost(context, x, y, hostHalf(scene, host.beds), host.beds ? host.taken[step]! / host.beds : 0, !!host.blocked, theme);
  }
  // Closed ones first: where two lie side by side, the one that carries people stays on top.
  for (const crossing of [...scene.crossings].sort((a, b) => a.sofar.at(-1)! - b.sofar.at(-1)!)) {
    const [x, y] = onScreen(view, crossing.at);
    drawCrossing(context, x, y, crossing.kind, stateAt(crossing, step)[2], theme);
  }
}

interface Label {
  name: string;
  figure: string;
  /** the longest figure that it may show: places don't jump about as time goes on */
  widest: string;
  at: Point;
  away: number;
  weight: number;
}

const STATE_WORDS = { open: "open", limited: "limited", closed: "closed", night: "closed for the night" };

function labelsOf(scene: Scene, step: number): Label[] {
  const zones = scene.zones.map((zone): Label => ({
    name: zone.name,
    figure: `${count(zone.people - zone.left[step]!)} still there`,
    widest: `${count(zone.people)} still there`,
    at: zone.at,
    away: zoneRadius(scene, zone.people) + 4,
    weight: zone.people,
  }));
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
    return {
      name: crossing.name,
      figure: `${STATE_WORDS[state]} · ${count(crossing.sofar[step]!)} so far`,
      widest: `closed for the night · ${count(crossing.sofar.at(-1)!)} so far`,
      at: crossing.at,
      away: CROSSING_RADIUS + 5,
      weight: crossing.sofar.at(-1)! * 1.5 + 2,
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
  context.font = BOLD;
  const wanted = labels.map((label): Wanted => {
    const [x, y] = onScreen(view, label.at);
    const width = Math.max(context.measureText(label.name).width, context.measureText(label.widest).width) + 2;
    return { text: label.name, x, y, away: label.away, width, height: 2 * LINE_PX };
  });
  const bar: Rect = { x: 0, y: view.height - 34, width: 150, height: 34 };
  const outside = drawOutside(context, scene, view, step, theme);
  const within = { x: 3, y: 3, width: view.width - 6, height: view.height - 6 };
  context.textBaseline = "middle";
  for (const place of placeLabels(wanted, [...markRects(scene, view), bar, ...outside], within)) {
    const label = labels[place.index]!;
    const { x, y } = wanted[place.index]!;
    const [side, left] = place.x >= x ? (["left", place.x] as const)
      : place.x + place.width <= x ? (["right", place.x + place.width] as const)
      : (["center", place.x + place.width / 2] as const);
    void y;
    context.textAlign = side;
    halo(context, label.name, left, place.y + LINE_PX / 2, BOLD, theme.ink, theme);
    halo(context, label.figure, left, place.y + LINE_PX * 1.5, FONT, theme.ink, theme);
  }
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
