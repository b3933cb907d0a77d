"use strict";
// The film of a simulation: links in the colour of their queues, drawn again only where the colour changed.
// Work grows with the links that change, not with the vehicles on them.
(() => {
  const data = JSON.parse(document.getElementById("farshore-film").textContent);
  const canvas = document.getElementById("film");
  const clock = document.getElementById("film-time");
  const slider = document.getElementById("film-slider");
  const play = document.getElementById("film-play");
  const run = document.getElementById("film-run");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const pen = canvas.getContext("2d", { alpha: false });
  const LIGHT = ["#cfcabd", "#7fae9a", "#e0b84a", "#d97a26", "#b3122b"];
  const DARK = ["#38434f", "#3f8f75", "#c9a23a", "#ef8a3a", "#ff5d70"];
  const WIDTH = [1, 1.6, 2.2, 2.8, 3.4];
  let shown = -1, drawn = null, playing = false, last = 0, at = 0, dirty = true, lines = null;

  const states = data.runs.map((one) => one.states.map((text) => Uint8Array.from(text, (c) => c.charCodeAt(0) - 48)));

  function project() {
    const xs = data.x, ys = data.y;
    const kx = Math.cos((Math.PI / 180) * ((Math.min(...ys) + Math.max(...ys)) / 2));
    const x0 = Math.min(...xs), x1 = Math.max(...xs), y0 = Math.min(...ys), y1 = Math.max(...ys);
    const ratio = Math.min(devicePixelRatio || 1, 2);
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    const wide = Math.max((x1 - x0) * kx, 1e-6), high = Math.max(y1 - y0, 1e-6);
    const scale = 0.94 * Math.min(canvas.width / wide, canvas.height / high);
    const left = (canvas.width - wide * scale) / 2, top = (canvas.height - high * scale) / 2;
    lines = new Float32Array(data.links.length * 2);
    for (let k = 0; k < data.links.length; k += 2) {
      for (let end = 0; end < 2; end++) {
        const node = data.links[k + end];
        lines[2 * (k + end)] = left + (xs[node] - x0) * kx * scale;
        lines[2 * (k + end) + 1] = top + (y1 - ys[node]) * scale;
      }
    }
    dirty = true;
  }

  function draw() {
    const now = states[+run.value][Math.min(at, states[+run.value].length - 1)];
    const colours = dark.matches ? DARK : LIGHT;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const wanes = dirty || now.some((state, link) => drawn && state < drawn[link]);
    if (wanes) {
      pen.fillStyle = dark.matches ? "#1a222c" : "#f4f2eb";
      pen.fillRect(0, 0, canvas.width, canvas.height);
    }
    pen.lineCap = "round";
    for (let level = 0; level < 5; level++) {
      pen.beginPath();
      for (let link = 0; link < now.length; link++) {
        if (now[link] !== level || (!wanes && drawn && drawn[link] === level)) continue;
        pen.moveTo(lines[4 * link], lines[4 * link + 1]);
        pen.lineTo(lines[4 * link + 2], lines[4 * link + 3]);
      }
      pen.strokeStyle = colours[level];
      pen.lineWidth = WIDTH[level] * ratio;
      pen.stroke();
    }
    drawn = now;
    dirty = false;
    shown = at;
    slider.value = String(at);
    clock.textContent = data.times[at];
    slider.setAttribute("aria-valuetext", data.times[at]);
  }

  function step(time) {
    if (playing && time - last >= 80) {
      last = time;
      at = (at + 1) % data.times.length;
    }
    if (dirty || shown !== at) draw();
    if (playing) requestAnimationFrame(step);
  }

  function again() {
    dirty = true;
    requestAnimationFrame(step);
  }

  play.addEventListener("click", () => {
    playing = !playing;
    play.textContent = playing ? "Pause" : "Play";
    play.setAttribute("aria-pressed", String(playing));
    requestAnimationFrame(step);
  });
  slider.max = String(data.times.length - 1);
  slider.addEventListener("input", () => {
    at = +slider.value;
    requestAnimationFrame(step);
  });
  run.addEventListener("change", again);
  dark.addEventListener("change", again);
  addEventListener("resize", () => { project(); again(); });
  if (still) play.title = "Motion is off in your system's settings: the film moves only when you ask for it.";
  project();
  draw();
})();
