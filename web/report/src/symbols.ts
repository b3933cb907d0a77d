/** The marks of the map: what a shape means never rests on its colour alone. */

import type { State } from "./data";
import type { Theme } from "./theme";

export const CROSSING_RADIUS = 10;

/** Strokes inside the disc, in a box from -5 to 5: a bridge, a dam, a boat, rails, a gate, an arrow. */
export const ICONS: Record<string, string> = {
  bridge: "M-6 2.5H6M-6 -1Q0 -5 6 -1M-3.4 -2V2.5M0 -3V2.5M3.4 -2V2.5",
  dam: "M-5 4L-2.5 -4H2.5L5 4ZM-4 1H4",
  ferry: "M-6 1H6L4 4H-4ZM-2 1V-4L3 1",
  pontoon: "M-6 -1H6M-4.5 -1V2.5H-1.5V-1M1.5 -1V2.5H4.5V-1",
  rail_bridge: "M-6 -2H6M-6 2H6M-4 -4V4M0 -4V4M4 -4V4",
  checkpoint: "M-5 4V-4M-5 -2H6M-1 -2V1M3 -2V1",
  corridor: "M-6 0H5M1.5 -3.5L5.5 0L1.5 3.5",
};

const iconPaths = new Map<string, Path2D>();

function icon(kind: string): Path2D {
  const name = kind in ICONS ? kind : "corridor";
  if (!iconPaths.has(name)) iconPaths.set(name, new Path2D(ICONS[name]));
  return iconPaths.get(name)!;
}

/** A disc with the kind's icon: whole when open, dashed when limited, crossed out when closed, dim at night. */
export function drawCrossing(
  context: CanvasRenderingContext2D, x: number, y: number, kind: string, state: State, theme: Theme,
): void {
  const colour = { open: theme.open, limited: theme.limited, closed: theme.closed, night: theme.quiet }[state];
  context.save();
  context.translate(x, y);
  context.lineCap = "round";
  context.lineJoin = "round";
  context.beginPath();
  context.arc(0, 0, CROSSING_RADIUS, 0, 2 * Math.PI);
  context.fillStyle = state === "open" ? colour : theme.paper;
  context.fill();
  context.strokeStyle = theme.paper;
  context.lineWidth = 5;
  context.stroke();
  context.fill();
  context.strokeStyle = colour;
  context.lineWidth = 2.2;
  if (state === "limited") context.setLineDash([4, 3]);
  context.stroke();
  context.setLineDash([]);
  context.strokeStyle = state === "open" ? theme.paper : colour;
  context.lineWidth = 1.4;
  context.stroke(icon(kind));
  if (state === "closed") {
    context.lineWidth = 2.4;
    context.beginPath();
    context.moveTo(-7, -7);
    context.lineTo(7, 7);
    context.stroke();
  }
  context.restore();
}

/** A disc whose area is the people still there, in a ring whose area is all who choose to leave. */
export function drawZone(
  context: CanvasRenderingContext2D, x: number, y: number, radius: number, share: number, theme: Theme,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = theme["zone-soft"];
  context.fill();
  context.strokeStyle = theme.zone;
  context.lineWidth = 1.2;
  context.stroke();
  if (share <= 0) return;
  context.beginPath();
  context.arc(x, y, Math.max(1, radius * Math.sqrt(share)), 0, 2 * Math.PI);
  context.fillStyle = theme.zone;
  context.fill();
}

/** A square that fills from below as its beds do; struck through when protection rules close it. */
export function drawHost(
  context: CanvasRenderingContext2D, x: number, y: number, half: number, share: number, blocked: boolean, theme: Theme,
): void {
  const size = 2 * half;
  context.save();
  context.translate(x - half, y - half);
  context.fillStyle = blocked ? theme.paper : theme["host-soft"];
  context.fillRect(0, 0, size, size);
  context.fillStyle = theme.host;
  context.fillRect(0, size * (1 - share), size, size * share);
  context.strokeStyle = blocked ? theme.quiet : theme.host;
  context.lineWidth = 1.6;
  context.strokeRect(0, 0, size, size);
  if (blocked) {
    context.beginPath();
    context.moveTo(0, 0);
    context.lineTo(size, size);
    context.moveTo(size, 0);
    context.lineTo(0, size);
    context.stroke();
  }
  context.restore();
}
