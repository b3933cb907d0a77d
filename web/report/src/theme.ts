/** Colours, read from the style sheet so that light, dark and print each have theirs in one place. */

const NAMES = [
  "paper", "land", "water", "road", "route", "flow", "zone", "zone-soft", "host", "host-soft",
  "open", "limited", "closed", "ink", "quiet",
] as const;

export type Theme = Record<(typeof NAMES)[number], string>;

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Theme;
}

/** Call back when the colours change: dark mode, print. */
export function onThemeChange(changed: () => void): void {
  for (const query of ["(prefers-color-scheme: dark)", "print"]) {
    matchMedia(query).addEventListener("change", changed);
  }
}

export const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
