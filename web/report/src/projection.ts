/** Web Mercator in small: degrees to a square of side 1, and the view that fits a box into pixels. */

export type Point = [x: number, y: number];
export type Box = [west: number, south: number, east: number, north: number];

const EARTH_M = 40_075_016.7;

export function project(lon: number, lat: number): Point {
  const phi = (lat * Math.PI) / 180;
  return [lon / 360 + 0.5, 0.5 - Math.log(Math.tan(Math.PI / 4 + phi / 2)) / (2 * Math.PI)];
}

/** Pixels per unit and offset that centre a box of degrees, with a margin in pixels. */
export function fit(box: Box, width: number, height: number, margin: number): { k: number; x: number; y: number } {
  const [x0, y0] = project(box[0], box[3]);
  const [x1, y1] = project(box[2], box[1]);
  const k = Math.min((width - 2 * margin) / Math.max(x1 - x0, 1e-9), (height - 2 * margin) / Math.max(y1 - y0, 1e-9));
  return { k, x: width / 2 - (k * (x0 + x1)) / 2, y: height / 2 - (k * (y0 + y1)) / 2 };
}

/** Metres that one pixel spans at a latitude. */
export const metresPerPixel = (k: number, lat: number): number => (EARTH_M * Math.cos((lat * Math.PI) / 180)) / k;

/** A map of a single place still shows what is around it. */
const LEAST_DEGREES = 0.04;

export function boxOf(points: Iterable<{ lon: number; lat: number }>): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { lon, lat } of points) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  const [wide, high] = [box[2] - box[0], box[3] - box[1]].map((span) => Math.max(0, LEAST_DEGREES - span) / 2);
  return [box[0] - wide!, box[1] - high!, box[2] + wide!, box[3] + high!];
}
