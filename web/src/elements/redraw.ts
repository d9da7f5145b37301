// The document made to read like new HTML of the core by changing only what differs: nodes that stay keep focus, selection,
// scroll position and what a screen reader has read.

/** What a node is known by among its siblings; "" where only its place tells. */
function keyOf(node: Node): string {
  if (!(node instanceof Element)) return '';
  const field = node.getAttribute('data-field');
  return node.id || (field === null ? '' : `[${field}]`);
}

/** Makes `live` equal to `next`, whose nodes it takes over. Answers the units with words that were not there before. */
export function redraw(live: Element, next: Element, changed = new Set<Element>()): ReadonlySet<Element> {
  for (const { name } of Array.from(live.attributes)) if (!next.hasAttribute(name)) live.removeAttribute(name);
  for (const { name, value } of Array.from(next.attributes)) if (live.getAttribute(name) !== value) live.setAttribute(name, value);
  const wanted = Array.from(next.childNodes);
  const kept = new Set(wanted.map(keyOf));
  const known = new Map<string, ChildNode>();
  for (const node of Array.from(live.childNodes)) {
    const key = keyOf(node);
    if (!kept.has(key)) node.remove();
    else if (key !== '' && !known.has(key)) known.set(key, node);
  }
  const touch = (node: Node): void => {
    const unit = (node instanceof Element ? node : node.parentElement)?.closest('[id^="unit-"]');
    if (unit && !node.parentElement?.closest('.number')) changed.add(unit);
  };
  let at: ChildNode | null = live.firstChild;
  for (const node of wanted) {
    const key = keyOf(node);
    const found: ChildNode | null | undefined = key !== '' ? known.get(key) : at && keyOf(at) === '' ? at : null;
    known.delete(key);
    if (!found || found.nodeName !== node.nodeName) {
      live.insertBefore(node, at);
      touch(node);
      continue;
    }
    // What only had a place, in front of what has a name, has lost it.
    while (at && at !== found && keyOf(at) === '') {
      const gone: ChildNode = at;
      at = at.nextSibling;
      gone.remove();
    }
    if (at === found) at = found.nextSibling;
    else live.insertBefore(found, at);
    if (found instanceof Element && node instanceof Element) redraw(found, node, changed);
    else if (found.nodeValue !== node.nodeValue) {
      found.nodeValue = node.nodeValue;
      touch(found);
    }
  }
  while (at) {
    const gone: ChildNode = at;
    at = at.nextSibling;
    gone.remove();
  }
  return changed;
}
