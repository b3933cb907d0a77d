/** Labels that don't collide: each tries places around its mark, the important ones first. */

export interface Wanted {
  text: string;
  x: number;
  y: number;
  /** distance of the text from the mark's middle, pixels */
  away: number;
  width: number;
  height: number;
}

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Placed extends Rect {
  index: number;
  /** so far from its mark that a line should join them */
  far: boolean;
}

const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Eight places around a mark, the easiest to read first. */
function places({ x, y, away: nearest, width, height }: Wanted, further: number): Rect[] {
  const away = nearest + further;
  const near = away * 0.8;
  const at = (left: number, top: number): Rect => ({ x: left, y: top, width, height });
  return [
    at(x + away, y - height / 2),
    at(x - away - width, y - height / 2),
    at(x - width / 2, y - away - height),
    at(x - width / 2, y + away),
    at(x + near, y - near - height),
    at(x + near, y + near),
    at(x - near - width, y - near - height),
    at(x - near - width, y + near),
  ];
}

/** How much further out a label may go when there is no room beside its mark, pixels. */
const FURTHER = [0, 20, 42, 66];

/** Where each label goes; those for which there is no room are left out. Marks are never covered. */
export function placeLabels(wanted: Wanted[], marks: Rect[], within: Rect): Placed[] {
  const taken: Rect[] = [...marks];
  const placed: Placed[] = [];
  wanted.forEach((label, index) => {
    const around = FURTHER.flatMap((further) => places(label, further).map((rect) => ({ rect, far: further > 0 })));
    const free = around.find(
      ({ rect }) =>
        rect.x >= within.x &&
        rect.y >= within.y &&
        rect.x + rect.width <= within.x + within.width &&
        rect.y + rect.height <= within.y + within.height &&
        !taken.some((other) => overlap(rect, other)),
    );
    if (!free) return;
    taken.push(free.rect);
    placed.push({ ...free.rect, index, far: free.far });
  });
  return placed;
}
