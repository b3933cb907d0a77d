/** Bundle the page's script and style, list the licences of what is in them, and stamp their sources' hash. */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../../src/farshore/report/static");
mkdirSync(out, { recursive: true });

const result = await build({
  absWorkingDir: here,
  entryPoints: { report: "src/main.ts", simulation: "src/film.ts" },
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  outdir: out,
  banner: { js: "/* Farshore's report, Apache-2.0; bundled libraries: THIRD-PARTY.txt and the report's last section */" },
});
await build({
  absWorkingDir: here,
  entryPoints: { report: "src/report.css" },
  minify: true,
  charset: "utf8",
  outdir: out,
});

/** Packages that left anything in the bundle, with their licence texts. */
const packages = new Set();
for (const bundle of ["report.js", "simulation.js"]) {
  for (const input of Object.keys(result.metafile.outputs[relative(here, join(out, bundle))].inputs)) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) packages.add(match[1]);
  }
}
const notices = [...packages].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : "(no licence file in the package)";
  return `${name} ${version} (${license})\n${"-".repeat(72)}\n${text}\n`;
});
writeFileSync(join(out, "THIRD-PARTY.txt"), notices.join("\n\n"));

/** The test recomputes this without Node: sorted paths and contents of all that the bundle is made from. */
const sources = ["build.mjs", "package.json", "package-lock.json", "tsconfig.json"].concat(
  readdirSync(join(here, "src")).map((name) => `src/${name}`),
);
const hash = createHash("sha256");
for (const name of sources.sort()) {
  hash.update(`${name}\n`);
  hash.update(readFileSync(join(here, name)));
  hash.update("\n");
}
for (const name of ["report.js", "simulation.js", "report.css", "THIRD-PARTY.txt"]) {
  hash.update(`${name}\n`);
  hash.update(readFileSync(join(out, name)));
  hash.update("\n");
}
writeFileSync(join(out, "source.hash"), `${hash.digest("hex")}\n`);
