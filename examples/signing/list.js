// What this device holds, for whoever comes without a link: fetched only then.
/** @param {readonly import('countersign').EnvelopeSummary[]} envelopes @param {Readonly<Record<string, string>>} status its words */
export function listOf(envelopes, status) {
  const items = document.createElement('ul');
  items.className = 'list';
  for (const envelope of envelopes) {
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = `#${envelope.stream}`;
    link.textContent = envelope.title || envelope.stream;
    const small = document.createElement('small');
    small.textContent = [envelope.sender, status[envelope.status]].filter(Boolean).join(' · ');
    link.append(small);
    item.append(link);
    items.append(item);
  }
  return items;
}
