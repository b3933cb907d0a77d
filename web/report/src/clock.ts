/** The clock: which step is shown, who wants to know, and the slider, buttons and keys that move it. */

import type { ReportData } from "./data";
import { stepText } from "./format";

type Listener = (step: number) => void;

/** Seconds for the whole horizon at speed 1. */
const WHOLE_S = 45;
/** Steps in which nobody moves go by this much faster. */
const IDLE_SPEEDUP = 5;

export class Clock {
  private listeners: Listener[] = [];
  private playing = false;
  private touched = false;
  private exact: number;
  private last_ms = 0;

  constructor(
    private readonly data: ReportData,
    private readonly busy: Float64Array,
    public step: number,
  ) {
    this.exact = step;
  }

  onStep(listener: Listener): void {
    this.listeners.push(listener);
  }

  get isPlaying(): boolean {
    return this.playing;
  }

  /** Bind the page's controls; every one of them also works by keyboard because each is a native one. */
  bind(root: HTMLElement): void {
    const slider = root.querySelector<HTMLInputElement>("#step")!;
    const play = root.querySelector<HTMLButtonElement>("#play")!;
    const speed = root.querySelector<HTMLSelectElement>("#speed")!;
    const shown = root.querySelector<HTMLElement>("#clock")!;
    slider.max = String(this.data.steps - 1);
    slider.addEventListener("input", () => this.go(Number(slider.value)));
    root.querySelector("#back")!.addEventListener("click", () => this.go(this.step - 1));
    root.querySelector("#forward")!.addEventListener("click", () => this.go(this.step + 1));
    const label = (): void => {
      play.textContent = this.playing ? "❚❚ Pause" : "▶ Play";
      play.setAttribute("aria-pressed", String(this.playing));
    };
    play.addEventListener("click", () => {
      this.playing = !this.playing;
      // The page opens at the busiest moment; the first play tells the story from its beginning.
      if (this.playing && (!this.touched || this.step >= this.data.steps - 1)) this.exact = 0;
      this.touched = true;
      this.last_ms = performance.now();
      label();
      if (this.playing) requestAnimationFrame((now) => this.tick(now, speed, label));
    });
    this.onStep((step) => {
      slider.value = String(step);
      const text = stepText(this.data, step);
      slider.setAttribute("aria-valuetext", text);
      shown.textContent = text;
    });
    label();
    this.tell();
  }

  /** Show this step and stop playing. */
  go(step: number): void {
    this.playing = false;
    this.touched = true;
    const play = document.getElementById("play");
    if (play) {
      play.textContent = "▶ Play";
      play.setAttribute("aria-pressed", "false");
    }
    this.set(step);
  }

  private set(step: number): void {
    this.step = Math.max(0, Math.min(this.data.steps - 1, Math.floor(step)));
    this.exact = this.step;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener(this.step);
  }

  private tick(now: number, speed: HTMLSelectElement, label: () => void): void {
    if (!this.playing) return;
    const idle = this.busy[Math.floor(this.exact)] ? 1 : IDLE_SPEEDUP;
    const rate = (this.data.steps / WHOLE_S) * Number(speed.value) * idle;
    this.exact += (rate * Math.min(100, Math.max(0, now - this.last_ms))) / 1000;
    this.last_ms = now;
    if (this.exact >= this.data.steps - 1) {
      this.playing = false;
      this.exact = this.data.steps - 1;
      label();
    }
    const step = Math.floor(this.exact);
    if (step !== this.step) {
      this.step = step;
      this.tell();
    }
    if (this.playing) requestAnimationFrame((then) => this.tick(then, speed, label));
  }
}
