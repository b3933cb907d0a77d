/** The map as people use it: drawn on a canvas, moved by mouse, touch and keyboard, asked by pointing. */

import { select } from "d3-selection";
import type { D3ZoomEvent } from "d3-zoom";
import { zoom, zoomIdentity } from "d3-zoom";

import type { Clock } from "./clock";
import type { View } from "./draw";
import { drawGround, drawStep, hostHalf, zoneRadius } from "./draw";
import { count } from "./format";
import type { Box, Point } from "./projection";
import { fit } from "./projection";
import type { Scene } from "./scene";
import { stateAt } from "./scene";
import { CROSSING_RADIUS } from "./symbols";
import { calm, onThemeChange, readTheme } from "./theme";

const ARROW_PX_PER_S = 34;
const PAN_PX = 60;

export function showMap(scene: Scene, clock: Clock, root: HTMLElement): void {
  const canvas = root.querySelector("canvas")!;
  const tip = root.querySelector<HTMLElement>("#tip")!;
  const context = canvas.getContext("2d")!;
  const view: View = { k: 1, x: 0, y: 0, width: 0, height: 0 };
  let theme = readTheme();
  let base = { k: 1, x: 0, y: 0 };
  let transform = zoomIdentity;
  let asked = false;
  const ground = document.createElement("canvas");
  let groundIsOld = true;

  /** The ground is drawn once for each view and laid under every step. */
  const layGround = (): void => {
    if (groundIsOld) {
      [ground.width, ground.height] = [canvas.width, canvas.height];
      const under = ground.getContext("2d")!;
      under.setTransform(context.getTransform());
      drawGround(under, scene, view, theme);
      groundIsOld = false;
    }
    context.save();
    context.resetTransform();
    context.drawImage(ground, 0, 0);
    context.restore();
  };
  const paint = (now: number): void => {
    asked = false;
    const moving = clock.isPlaying && !calm();
    layGround();
    drawStep(context, scene, view, clock.step, moving ? ((now * ARROW_PX_PER_S) / 1000) % 46 : 0, theme);
    if (moving) ask();
  };
  const ask = (): void => {
    if (!asked) requestAnimationFrame(paint);
    asked = true;
  };

  const apply = (): void => {
    view.k = base.k * transform.k;
    view.x = base.x * transform.k + transform.x;
    view.y = base.y * transform.k + transform.y;
    tip.hidden = true;
    groundIsOld = true;
    ask();
  };
  const zoomer = zoom<HTMLCanvasElement, unknown>()
    .scaleExtent([0.02, 60])
    // The page stays scrollable: the wheel zooms once the map has been clicked, one finger scrolls past it.
    .filter((event: Event) => {
      if (event instanceof WheelEvent) return event.ctrlKey || document.activeElement === canvas;
      if (typeof TouchEvent !== "undefined" && event instanceof TouchEvent) return event.touches.length > 1;
      return !(event as MouseEvent).button;
    })
    .on("zoom", ({ transform: to }: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      transform = to;
      apply();
    });
  const selected = select(canvas).call(zoomer);
  selected.on("mousedown.focus", () => canvas.focus({ preventScroll: true }));

  const showBox = (box: Box): void => {
    const target = fit(box, view.width, view.height, Math.min(70, view.width / 8));
    const k = target.k / base.k;
    selected.call(zoomer.transform, zoomIdentity.translate(target.x - base.x * k, target.y - base.y * k).scale(k));
  };
  const resize = (): void => {
    const { width, height } = canvas.getBoundingClientRect();
    if (!width || (width === view.width && height === view.height)) return;
    const first = !view.width;
    const ratio = Math.max(matchMedia("print").matches ? 2 : 1, window.devicePixelRatio || 1);
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    [view.width, view.height] = [width, height];
    base = fit(scene.home, width, height, Math.min(70, width / 8));
    zoomer.extent([[0, 0], [width, height]]);
    if (first) apply();
    else showBox(scene.home);
    // Setting a canvas's size wipes it; print may not wait for the next frame.
    paint(performance.now());
  };
  new ResizeObserver(resize).observe(canvas);
  resize();

  canvas.addEventListener("keydown", (event) => {
    const pan: Record<string, Point> = {
      ArrowLeft: [PAN_PX, 0], ArrowRight: [-PAN_PX, 0], ArrowUp: [0, PAN_PX], ArrowDown: [0, -PAN_PX],
    };
    const by = pan[event.key];
    if (by) selected.call(zoomer.translateBy, by[0] / transform.k, by[1] / transform.k);
    else if (event.key === "+" || event.key === "=") selected.call(zoomer.scaleBy, 1.4);
    else if (event.key === "-") selected.call(zoomer.scaleBy, 1 / 1.4);
    else if (event.key === "0") showBox(scene.home);
    else return;
    event.preventDefault();
  });
  const button = (id: string, act: () => void): void => root.querySelector(`#${id}`)!.addEventListener("click", act);
  button("zoom-in", () => selected.call(zoomer.scaleBy, 1.5));
  button("zoom-out", () => selected.call(zoomer.scaleBy, 1 / 1.5));
  button("zoom-home", () => showBox(scene.home));
  button("zoom-whole", () => showBox(scene.whole));

  canvas.addEventListener("pointermove", (event) => {
    const rect = canvas.getBoundingClientRect();
    point(scene, view, clock.step, tip, event.clientX - rect.left, event.clientY - rect.top);
  });
  canvas.addEventListener("pointerleave", () => (tip.hidden = true));
  clock.onStep(ask);
  document.getElementById("play")!.addEventListener("click", ask);
  onThemeChange(() => {
    theme = readTheme();
    groundIsOld = true;
    paint(performance.now());
  });
}

/** What lies under the pointer, in words. */
function point(scene: Scene, view: View, step: number, tip: HTMLElement, px: number, py: number): void {
  const near = (at: Point, reach: number): boolean =>
    Math.hypot(at[0] * view.k + view.x - px, at[1] * view.k + view.y - py) <= Math.max(9, reach + 2);
  const crossing = scene.crossings.find(({ at }) => near(at, CROSSING_RADIUS));
  const zone = scene.zones.find(({ at, people }) => near(at, zoneRadius(scene, people)));
  const host = scene.hosts.find(({ at, beds }) => near(at, hostHalf(scene, beds)));
  let lines: string[] = [];
  if (crossing) {
    const [, , state, factor, reason] = stateAt(crossing, step);
    const part = state === "limited" ? ` to ${count(100 * factor)} % of its capacity` : "";
    lines = [crossing.name, `${crossing.kind.replace("_", " ")}, ${state === "night" ? "closed for the night" : state}${part}`];
    if (reason) lines.push(reason);
    lines.push(`${count(crossing.persons[step]!)} persons in this step, ${count(crossing.sofar[step]!)} so far`);
  } else if (zone) {
    lines = [zone.name, `${count(zone.people - zone.left[step]!)} of ${count(zone.people)} who choose to leave still there`];
  } else if (host) {
    lines = [host.name, `${count(host.taken[step]!)} of ${count(host.beds)} beds filled (${host.territory} territory)`];
    if (host.blocked) lines.push(`blocked: ${host.blocked}`);
  }
  tip.hidden = !lines.length;
  tip.replaceChildren(...lines.map((text, i) => {
    const line = document.createElement(i ? "div" : "strong");
    line.textContent = text;
    return line;
  }));
  if (tip.hidden) return;
  tip.style.left = `${Math.max(4, Math.min(px + 14, view.width - tip.offsetWidth - 4))}px`;
  tip.style.top = `${Math.max(4, Math.min(py + 14, view.height - tip.offsetHeight - 4))}px`;
}
