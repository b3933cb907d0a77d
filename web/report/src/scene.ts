/** Everything the map draws, worked out once: positions in the projection and values for each step. */

import type { Stretch } from "./chains";
import { chains, nodePoint } from "./chains";
import type { Crossing, Drawing, Host, ReportData, StateRow, Zone } from "./data";
import { cumulative, unpack } from "./data";
import type { Box, Point } from "./projection";
import { boxOf, project } from "./projection";

export interface ZoneMark extends Zone {
  at: Point;
  left: Float64Array;
}

export interface HostMark extends Host {
  at: Point;
  taken: Float64Array;
}

export interface CrossingMark extends Crossing {
  at: Point;
  persons: Float64Array;
  sofar: Float64Array;
}

export interface Shape extends Omit<Drawing, "parts"> {
  parts: Point[][];
}

export interface Scene {
  data: ReportData;
  zones: ZoneMark[];
  hosts: HostMark[];
  crossings: CrossingMark[];
  shapes: Shape[];
  network: [Point, Point][];
  chains: Stretch[][];
  maxFlow: number;
  maxPeople: number;
  maxBeds: number;
  home: Box;
  whole: Box;
}

const points = (flat: number[]): Point[] =>
  Array.from({ length: flat.length / 2 }, (_, i) => project(flat[2 * i]! / 1e5, flat[2 * i + 1]! / 1e5));

export function makeScene(data: ReportData): Scene {
  const series = (index: number): Float64Array => unpack(data.series[index]!, data.steps);
  const zones = data.zones.map((zone) => ({
    ...zone, at: project(zone.lon, zone.lat), left: cumulative(series(zone.departures)),
  }));
  const hosts = data.hosts.map((host) => ({
    ...host, at: project(host.lon, host.lat), taken: cumulative(series(host.arrivals)),
  }));
  const crossings = data.crossings.map((crossing) => {
    const persons = series(crossing.load);
    return { ...crossing, at: project(crossing.lon, crossing.lat), persons, sofar: cumulative(persons) };
  });
  const strung = chains(data);
  let maxFlow = 1;
  for (const chain of strung) for (const { flow } of chain) for (const value of flow) maxFlow = Math.max(maxFlow, value);
  const network: [Point, Point][] = [];
  for (let i = 0; i + 1 < data.network.length; i += 2) {
    network.push([nodePoint(data, data.network[i]!), nodePoint(data, data.network[i + 1]!)]);
  }
  return {
    data, zones, hosts, crossings, network, chains: strung, maxFlow,
    shapes: data.drawing.map((shape) => ({ ...shape, parts: shape.parts.map(points) })),
    maxPeople: Math.max(1, ...zones.map((zone) => zone.people)),
    maxBeds: Math.max(1, ...hosts.map((host) => host.beds)),
    home: homeBox(zones, crossings),
    whole: boxOf([...data.zones, ...data.crossings, ...data.hosts]),
  };
}

/** Where the eye should begin: the zones that people leave and the crossings that carry them. */
function homeBox(zones: ZoneMark[], crossings: CrossingMark[]): Box {
  const lively = [...zones.filter((zone) => zone.people), ...crossings.filter((crossing) => crossing.sofar.at(-1))];
  return boxOf(lively.length ? lively : [...zones, ...crossings]);
}

/** State of a crossing in a step. */
export function stateAt(crossing: Crossing, step: number): StateRow {
  return (
    crossing.states.find(([first, steps]) => step >= first && step < first + steps) ?? [0, 0, "open", 1, ""]
  );
}
