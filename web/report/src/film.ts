/** The film of a simulation: links in the colour of their queues, drawn again only where that is needed.
 *
 * Work grows with the links that are drawn, never with the vehicles on them. */

import { select } from "d3-selection";
import type { D3ZoomEvent } from "d3-zoom";
import { zoom, zoomIdentity } from "d3-zoom";

import type { Placed, Rect, Wanted } from "./labels";
import { placeLabels } from "./labels";
import type { Box, Point } from "./projection";
import { boxOf, fit, metresPerPixel, project } from "./projection";
import { calm, onThemeChange } from "./theme";

type Place = { name: string; kind: "crossing" | "host" | "town"; lon: number; lat: number; size: number };
type Run = { label: string; first: string; changes: number[][] };
/** Of the scenario's own drawing: degrees × 100,000, one after the other. */
type Shape = { kind: string; shape: string; width_m: number; parts: number[][] };
type FilmData = {
  x: number[]; y: number[]; links: number[]; times: string[]; places: Place[]; runs: Run[];
  roads: number[]; shapes: Shape[];
};
type Look = { land: string; water: string; road: string; ink: string; quiet: string; paper: string; mark: Record<Place["kind"], string>; levels: string[] };

const LEVELS = 5;
const WIDTH_PX = [1, 1.8, 2.4, 3, 3.8];
/** Vehicles keep right: each way of a road has its own line, so far from the middle. */
const ASIDE_PX = 1.6;
/** Seconds for the whole film at speed 1. */
const WHOLE_S = 30;
const FONT = "13px system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";

function readLook(): Look {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    land: colour("land"),
    water: colour("water"),
    road: colour("road"),
    ink: colour("ink"),
    quiet: colour("quiet"),
    paper: colour("paper"),
    mark: { crossing: colour("accent"), host: colour("host"), town: colour("zone") },
    levels: Array.from({ length: LEVELS }, (_, level) => colour(`level-${level}`)),
  };
}

/** Frame by frame, how full each link is: the first in full, the others as what changed (link × 8 + level). */
function unroll(run: Run): Uint8Array[] {
  let now = Uint8Array.from(run.first, (digit) => digit.charCodeAt(0) - 48);
  const frames = [now];
  for (const changes of run.changes) {
    now = now.slice();
    for (const change of changes) now[change >> 3] = change & 7;
    frames.push(now);
  }
  return frames;
}

function start(data: FilmData): void {
  const canvas = document.getElementById("film") as HTMLCanvasElement;
  const slider = document.getElementById("step") as HTMLInputElement;
  const play = document.getElementById("play") as HTMLButtonElement;
  const speed = document.getElementById("speed") as HTMLSelectElement;
  const which = document.getElementById("film-run") as HTMLSelectElement;
  const clock = document.getElementById("clock")!;
  const pen = canvas.getContext("2d", { alpha: false })!;
  const ground = document.createElement("canvas");
  const under = ground.getContext("2d", { alpha: false })!;
  const over = document.createElement("canvas");
  const names = over.getContext("2d")!;

  const films: (Uint8Array[] | undefined)[] = data.runs.map(() => undefined);
  const film = (): Uint8Array[] => (films[+which.value] ??= unroll(data.runs[+which.value]!));
  const points = data.x.map((lon, node) => project(lon, data.y[node]!));
  const used = data.x.map((lon, node) => ({ lon, lat: data.y[node]! }));
  const home = boxOf([...used, ...data.places.filter(({ kind }) => kind === "town")]);
  const whole = boxOf([...used, ...data.places]);
  const flat = (part: number[]): Point[] =>
    Array.from({ length: part.length / 2 }, (_, i) => project(part[2 * i]! / 1e5, part[2 * i + 1]! / 1e5));
  const roads = flat(data.roads);
  const shapes = data.shapes.map((shape) => ({ ...shape, parts: shape.parts.map(flat) }));

  let look = readLook();
  let base = { k: 1, x: 0, y: 0 };
  let transform = zoomIdentity;
  let [width, height, ratio] = [0, 0, 1];
  let lines = new Float32Array(0);
  let at = 0;
  let exact = 0;
  let playing = false;
  let last_ms = 0;
  let viewIsOld = true;
  let asked = false;

  const view = (): { k: number; x: number; y: number } => ({
    k: base.k * transform.k,
    x: base.x * transform.k + transform.x,
    y: base.y * transform.k + transform.y,
  });

  /** Where every link begins and ends on the canvas, in its pixels. */
  const projectLinks = (): void => {
    const { k, x, y } = view();
    if (lines.length !== data.links.length * 2) lines = new Float32Array(data.links.length * 2);
    for (let i = 0, o = 0; i < data.links.length; i += 2, o += 4) {
      const [a, b] = [points[data.links[i]!]!, points[data.links[i + 1]!]!];
      const [ax, ay, bx, by] = [a[0] * k + x, a[1] * k + y, b[0] * k + x, b[1] * k + y];
      const long = Math.hypot(bx - ax, by - ay) || 1;
      const [dx, dy] = [(-(by - ay) / long) * ASIDE_PX, ((bx - ax) / long) * ASIDE_PX];
      lines[o] = ax + dx;
      lines[o + 1] = ay + dy;
      lines[o + 2] = bx + dx;
      lines[o + 3] = by + dy;
    }
  };

  const trace = (to: CanvasRenderingContext2D, wanted: (link: number) => boolean, level: number): void => {
    to.beginPath();
    let any = false;
    for (let link = 0, o = 0; o < lines.length; link++, o += 4) {
      if (!wanted(link)) continue;
      const [ax, ay, bx, by] = [lines[o]!, lines[o + 1]!, lines[o + 2]!, lines[o + 3]!];
      if (Math.max(ax, bx) < 0 || Math.max(ay, by) < 0 || Math.min(ax, bx) > width || Math.min(ay, by) > height) continue;
      to.moveTo(ax, ay);
      to.lineTo(bx, by);
      any = true;
    }
    if (!any) return;
    to.strokeStyle = look.levels[level]!;
    to.lineWidth = WIDTH_PX[level]!;
    to.stroke();
  };

  const mark = (to: CanvasRenderingContext2D, place: Place, x: number, y: number): number => {
    const half = place.kind === "town" ? 2.5 + 4 * Math.sqrt(place.size) : 5.5;
    to.fillStyle = look.mark[place.kind];
    to.strokeStyle = look.paper;
    to.lineWidth = 1.5;
    to.beginPath();
    if (place.kind === "host") to.rect(x - half, y - half, 2 * half, 2 * half);
    else if (place.kind === "town") to.arc(x, y, half, 0, 2 * Math.PI);
    else {
      to.moveTo(x, y - half - 1.5);
      to.lineTo(x + half + 1.5, y);
      to.lineTo(x, y + half + 1.5);
      to.lineTo(x - half - 1.5, y);
      to.closePath();
    }
    to.fill();
    to.stroke();
    return half;
  };

  const scaleBar = (to: CanvasRenderingContext2D): void => {
    const perPixel = metresPerPixel(view().k, (home[1] + home[3]) / 2);
    const most = perPixel * Math.min(160, width / 4);
    const power = 10 ** Math.floor(Math.log10(most));
    const metres = power * ([5, 2, 1].find((times) => times * power <= most) ?? 1);
    const long = metres / perPixel;
    to.strokeStyle = look.ink;
    to.fillStyle = look.ink;
    to.lineWidth = 1.5;
    to.beginPath();
    to.moveTo(12, height - 18);
    to.lineTo(12, height - 12);
    to.lineTo(12 + long, height - 12);
    to.lineTo(12 + long, height - 18);
    to.stroke();
    to.fillText(metres >= 1000 ? `${metres / 1000} km` : `${metres} m`, 16, height - 18);
  };

  /** Marks and names lie over the links; they change with the view alone. */
  const drawNames = (): void => {
    const { k, x, y } = view();
    names.setTransform(ratio, 0, 0, ratio, 0, 0);
    names.clearRect(0, 0, width, height);
    names.font = FONT;
    names.lineJoin = "round";
    // the scale bar and the buttons keep their corners
    const marks: Rect[] = [
      { x: 0, y: height - 40, width: 180, height: 40 },
      { x: width - 105, y: 0, width: 105, height: 178 },
    ];
    const wanted: Wanted[] = [];
    const whose: Place[] = [];
    for (const place of data.places) {
      const [px, py] = project(place.lon, place.lat);
      const [cx, cy] = [px * k + x, py * k + y];
      if (cx < 0 || cy < 0 || cx > width || cy > height) continue;
      const half = mark(names, place, cx, cy);
      marks.push({ x: cx - half, y: cy - half, width: 2 * half, height: 2 * half });
      if (!place.name) continue;
      wanted.push({ text: place.name, x: cx, y: cy, away: half + 5, width: names.measureText(place.name).width, height: 16 });
      whose.push(place);
    }
    const placed: Placed[] = placeLabels(wanted, marks, { x: 4, y: 4, width: width - 8, height: height - 8 });
    names.textBaseline = "middle";
    for (const label of placed) {
      const { text, x: cx, y: cy } = wanted[label.index]!;
      const middle = label.y + label.height / 2;
      if (label.far) {
        names.strokeStyle = look.quiet;
        names.lineWidth = 1;
        names.beginPath();
        names.moveTo(cx, cy);
        names.lineTo(Math.max(label.x, Math.min(cx, label.x + label.width)), middle);
        names.stroke();
      }
      names.strokeStyle = look.land;
      names.lineWidth = 3.5;
      names.strokeText(text, label.x, middle);
      names.fillStyle = whose[label.index]!.kind === "town" ? look.ink : look.mark[whose[label.index]!.kind];
      names.fillText(text, label.x, middle);
    }
    names.textBaseline = "alphabetic";
    scaleBar(names);
  };

  /** Water and the roads that nobody took. */
  const drawGround = (): void => {
    const { k, x, y } = view();
    const along = (to: Path2D, points: Point[]): void =>
      points.forEach(([px, py], i) => (i ? to.lineTo(px * k + x, py * k + y) : to.moveTo(px * k + x, py * k + y)));
    under.lineCap = under.lineJoin = "round";
    for (const shape of shapes) {
      if (shape.kind !== "water") continue;
      const path = new Path2D();
      for (const part of shape.parts) along(path, part);
      under.fillStyle = under.strokeStyle = look.water;
      if (shape.shape === "area") under.fill(path, "evenodd");
      under.lineWidth = Math.max(shape.shape === "line" ? 4 : 1, shape.width_m / metresPerPixel(k, home[1]));
      if (shape.shape === "line") under.stroke(path);
    }
    const path = new Path2D();
    for (let i = 0; i < roads.length; i += 2) along(path, [roads[i]!, roads[i + 1]!]);
    under.strokeStyle = look.road;
    under.lineWidth = 0.8;
    under.stroke(path);
  };

  const drawView = (): void => {
    projectLinks();
    under.setTransform(ratio, 0, 0, ratio, 0, 0);
    under.fillStyle = look.land;
    under.fillRect(0, 0, width, height);
    drawGround();
    trace(under, () => true, 0);
    drawNames();
    viewIsOld = false;
  };

  const paint = (now: number): void => {
    asked = false;
    if (playing) move(now);
    if (viewIsOld) drawView();
    const frames = film();
    const levels = frames[Math.min(at, frames.length - 1)]!;
    pen.resetTransform();
    pen.drawImage(ground, 0, 0);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.lineCap = "round";
    for (let level = 1; level < LEVELS; level++) trace(pen, (link) => levels[link] === level, level);
    pen.resetTransform();
    pen.drawImage(over, 0, 0);
    slider.value = String(at);
    slider.setAttribute("aria-valuetext", data.times[at]!);
    clock.textContent = data.times[at]!;
    if (playing) ask();
  };
  const ask = (): void => {
    if (!asked) requestAnimationFrame(paint);
    asked = true;
  };

  const move = (now: number): void => {
    exact += ((data.times.length / WHOLE_S) * Number(speed.value) * Math.min(200, Math.max(0, now - last_ms))) / 1000;
    last_ms = now;
    if (exact >= data.times.length - 1) {
      exact = data.times.length - 1;
      setPlaying(false);
    }
    at = Math.floor(exact);
  };
  const setPlaying = (wanted: boolean): void => {
    playing = wanted;
    play.textContent = playing ? "❚❚ Pause" : "▶ Play";
    play.setAttribute("aria-pressed", String(playing));
    last_ms = performance.now();
    ask();
  };
  const go = (step: number): void => {
    exact = at = Math.max(0, Math.min(data.times.length - 1, step));
    setPlaying(false);
  };

  const zoomer = zoom<HTMLCanvasElement, unknown>()
    .scaleExtent([0.02, 80])
    // The page stays scrollable: the wheel zooms once the map has been clicked, one finger scrolls past it.
    .filter((event: Event) => {
      if (event instanceof WheelEvent) return event.ctrlKey || document.activeElement === canvas;
      if (typeof TouchEvent !== "undefined" && event instanceof TouchEvent) return event.touches.length > 1;
      return !(event as MouseEvent).button;
    })
    .on("zoom", ({ transform: to }: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      transform = to;
      viewIsOld = true;
      ask();
    });
  const selected = select(canvas).call(zoomer);
  selected.on("mousedown.focus", () => canvas.focus({ preventScroll: true }));
  canvas.addEventListener("keydown", (event) => {
    const pan: Record<string, [number, number]> = {
      ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60],
    };
    const by = pan[event.key];
    if (by) selected.call(zoomer.translateBy, by[0] / transform.k, by[1] / transform.k);
    else if (event.key === "+" || event.key === "=") selected.call(zoomer.scaleBy, 1.4);
    else if (event.key === "-") selected.call(zoomer.scaleBy, 1 / 1.4);
    else if (event.key === "0") selected.call(zoomer.transform, zoomIdentity);
    else return;
    event.preventDefault();
  });
  const button = (id: string, act: () => void): void => document.getElementById(id)!.addEventListener("click", act);
  button("zoom-in", () => selected.call(zoomer.scaleBy, 1.5));
  button("zoom-out", () => selected.call(zoomer.scaleBy, 1 / 1.5));
  button("zoom-home", () => selected.call(zoomer.transform, zoomIdentity));
  button("zoom-whole", () => showBox(whole));
  button("back", () => go(at - 1));
  button("forward", () => go(at + 1));
  play.addEventListener("click", () => {
    if (!playing && at >= data.times.length - 1) exact = 0;
    setPlaying(!playing);
  });
  slider.max = String(data.times.length - 1);
  slider.addEventListener("input", () => go(Number(slider.value)));
  which.addEventListener("change", ask);

  const margin = (): number => Math.min(48, width / 10);
  const showBox = (box: Box): void => {
    const to = fit(box, width, height, margin());
    const k = to.k / base.k;
    selected.call(zoomer.transform, zoomIdentity.translate(to.x - base.x * k, to.y - base.y * k).scale(k));
  };
  const resize = (): void => {
    const box = canvas.getBoundingClientRect();
    if (!box.width || (box.width === width && box.height === height)) return;
    [width, height] = [box.width, box.height];
    ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const one of [canvas, ground, over]) [one.width, one.height] = [width * ratio, height * ratio];
    base = fit(home, width, height, margin());
    zoomer.extent([[0, 0], [width, height]]);
    viewIsOld = true;
    // Setting a canvas's size wipes it; print may not wait for the next frame.
    paint(performance.now());
  };
  new ResizeObserver(resize).observe(canvas);
  onThemeChange(() => {
    look = readLook();
    viewIsOld = true;
    paint(performance.now());
  });
  if (calm()) play.title = "Motion is off in your system's settings: the film moves only when you ask for it.";

  // The page opens where most links are fullest: the moment that people will want to see.
  const crowd = film().map((levels) => levels.reduce((sum, level) => sum + level ** 4, 0));
  exact = at = crowd.indexOf(Math.max(...crowd));
  resize();
  setPlaying(false);
  document.documentElement.dataset["ready"] = "yes";
}

start(JSON.parse(document.getElementById("farshore-film")!.textContent!) as FilmData);
