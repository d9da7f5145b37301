// Words found in a document as people see it: across emphasis and links, and not from one paragraph into the next. Fetched by
// the first who looks for something.

const mostPlaces = 500;
const blocks = 'p, li, h1, h2, h3, h4, h5, h6, td, th, .number';

/** In small letters, each sign where it was: a sign whose small form is longer stays as it is. */
function folded(text: string): string {
  return text.replace(/\s/g, ' ').replace(/[^\x00-\x7f]|[A-Z]/gu, (sign) => {
    const small = sign.toLowerCase();
    return small.length === sign.length ? small : sign;
  });
}

/** Every place where the words stand, 500 at most. */
export function placesOf(root: Element, words: string): Range[] {
  const wanted = folded(words).trim().replace(/ +/g, ' ');
  if (wanted === '') return [];
  const nodes: { node: Node; start: number }[] = [];
  let text = '';
  let block: Element | null = null;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const around = node.parentElement!.closest(blocks);
    if (around !== block) text += '\n'; // which is in nobody's words
    block = around;
    nodes.push({ node, start: text.length });
    text += folded(node.textContent ?? '');
  }
  /** The node in which the sign before `at` stands, or the one at it. */
  const boundary = (at: number, end: boolean): [Node, number] => {
    let [low, high] = [0, nodes.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (nodes[middle]!.start < at || (!end && nodes[middle]!.start === at)) low = middle;
      else high = middle - 1;
    }
    const { node, start } = nodes[low]!;
    return [node, at - start];
  };
  const places: Range[] = [];
  for (let at = text.indexOf(wanted); at >= 0 && places.length < mostPlaces; at = text.indexOf(wanted, at + wanted.length)) {
    const range = document.createRange();
    range.setStart(...boundary(at, false));
    range.setEnd(...boundary(at + wanted.length, true));
    places.push(range);
  }
  return places;
}

/** Marks all places, and one of them more, with the Highlight API where there is one; scrolls that one into the middle. */
export function show(places: readonly Range[], current: number, calm: boolean): void {
  const { highlights } = CSS as unknown as { highlights?: Map<string, unknown> };
  const Marked = (globalThis as { Highlight?: new (...ranges: Range[]) => unknown }).Highlight;
  if (highlights && Marked) {
    highlights.set('countersign-find', new Marked(...places));
    highlights.set('countersign-found', new Marked(...places.slice(current, current + 1)));
  }
  const place = places[current];
  if (!place) return;
  const behavior = calm ? 'auto' : 'smooth';
  // The place itself, not the paragraph around it: that may be longer than the screen.
  const { top, height } = place.getBoundingClientRect();
  let around: Element | null = place.startContainer.parentElement;
  while (around && !(around.scrollHeight > around.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(around).overflowY))) {
    around = around.parentElement ?? (around.getRootNode() as Partial<ShadowRoot>).host ?? null;
  }
  const box = around?.getBoundingClientRect() ?? { top: 0, height: innerHeight };
  (around ?? window).scrollBy({ top: top + height / 2 - (box.top + box.height / 2), behavior });
}
