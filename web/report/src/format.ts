/** Numbers and times as the whole report writes them. */

import type { ReportData } from "./data";

const THOUSANDS = /\B(?=(\d{3})+(?!\d))/g;
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A whole number with commas between thousands, as in the tables; never the browser's locale. */
export const count = (value: number): string => String(Math.round(value)).replace(THOUSANDS, ",");

/** The scenario's local time, held in a Date's UTC fields so that no browser shifts it to its own zone. */
export const localDate = (data: ReportData, step: number): Date =>
  new Date((data.start_s + data.offset_s + step * data.step_s) * 1000);

const two = (value: number): string => String(value).padStart(2, "0");

export const clockTime = (date: Date): string => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;

export const shortDay = (date: Date): string =>
  `${WEEKDAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;

export function offsetText(offset_s: number): string {
  const minutes = Math.round(Math.abs(offset_s) / 60);
  return `UTC${offset_s < 0 ? "−" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** `Wed 19 Oct, 06:00–06:30 (UTC+03:00)`: the step that the map shows. */
export function stepText(data: ReportData, step: number): string {
  const from = localDate(data, step);
  const until = localDate(data, step + 1);
  return `${shortDay(from)}, ${clockTime(from)}–${clockTime(until)} (${offsetText(data.offset_s)})`;
}
