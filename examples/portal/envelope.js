// One agreement: where it stands, links to hand out, the audit trail, the document, the evidence file.
import { sayError } from 'countersign/elements';
import { generate } from 'lean-qr';
import { download, el, qrCode, when } from './dom.js';

function recipientState(state, recipient) {
  if (recipient.signature?.counts) return `Signed ${when(recipient.signature.at)}`;
  if (recipient.signature) return `Signed, does not count (${recipient.signature.code})`;
  if (recipient.declined) return `Declined${recipient.declined.reason ? `: ${recipient.declined.reason}` : ''}`;
  if (recipient.recipientType !== 'signer') return recipient.devices.length ? 'Opened' : 'Gets a copy';
  if (recipient.consent) return 'Agreed to sign electronically';
  if (recipient.presented) return 'Read it';
  if (recipient.devices.length) return 'Opened the link';
  if (state.ending) return 'Invited, did not sign';
  return state.turn.includes(recipient.id) ? 'Invited, their turn' : 'Invited, waits for earlier signatures';
}

/** What a browser says of itself, as people say it: a claim, like all of it. */
function deviceWords(userAgent) {
  const first = (names) => names.find(([, pattern]) => pattern.test(userAgent))?.[0];
  const browser = first([['Edge', /Edg/], ['Firefox', /Firefox|FxiOS/], ['Chrome', /Chrom|CriOS/], ['Safari', /Safari/]]);
  const system = first([['iPhone', /iPhone/], ['iPad', /iPad/], ['Android', /Android/], ['Windows', /Windows/], ['a Mac', /Mac OS/], ['Linux', /Linux/]]);
  return browser && system ? `${browser} on ${system}` : userAgent;
}

export async function renderEnvelope(portal, main, stream) {
  const actor = await portal.countersign.actor(stream);
  const session = await portal.countersign.open(stream, actor ?? undefined);
  const links = actor?.as === 'owner' ? await session.links() : {};
  const head = el('div', { class: 'head' });
  const notices = el('div');
  const people = el('div', { class: 'people' });
  const view = el('countersign-document', { class: 'preview' });
  const trail = el('countersign-audit-trail');
  trail.session = session;
  const reason = el('textarea', { id: 'void-reason', rows: 2, maxLength: 2000 });
  const voiding = el('dialog', { 'aria-labelledby': 'void-title' }, el('form', { method: 'dialog', onsubmit: (event) => { event.preventDefault(); voiding.close(); void act(reason.value.trim() ? { do: 'void', reason: reason.value.trim() } : { do: 'void' }); } },
    el('h2', { id: 'void-title', text: 'Withdraw this agreement' }), el('p', { text: 'Nobody can sign it any more. Signatures that were made stay visible and do not count.' }),
    el('div', { class: 'field' }, el('label', { for: 'void-reason', text: 'Reason' }), reason), el('div', { class: 'acts' }, el('button', { type: 'button', text: 'Cancel', onclick: () => voiding.close() }), el('button', { type: 'submit', class: 'danger', text: 'Withdraw' }))));

  async function act(command) {
    try {
      await session.dispatch(command);
      void portal.sync.now(stream);
    } catch (error) {
      portal.fail(error);
    }
    draw();
  }

  async function save(form) {
    try {
      const bytes = form === 'html' ? await session.exportHtmlCopy() : await session.exportBundle();
      const name = (session.state.title ?? 'agreement').replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase();
      download(bytes, form === 'html' ? `${name}.html` : `${name}.countersign`, form === 'html' ? 'text/html' : 'application/octet-stream');
      portal.say('Saved.');
    } catch (error) {
      portal.fail(error);
    }
  }

  function card(recipient) {
    const link = links[recipient.id];
    const address = link ? portal.linkFor(link) : null;
    const copied = el('span', { role: 'status', class: 'note' });
    return el('li', { class: 'recipient' },
      el('div', {}, el('strong', { text: recipient.name ?? recipient.id }), el('span', { class: 'muted', text: ` ${recipient.role}, order ${recipient.order}` }), el('p', { class: 'state', text: recipientState(session.state, recipient) }),
        recipient.devices.map((device) => el('p', { class: 'note', title: device.userAgent, text: `Device: ${device.label ?? (device.userAgent ? deviceWords(device.userAgent) : device.key)}` })),
        address ? el('div', { class: 'link' }, el('input', { type: 'text', readOnly: true, value: address, 'aria-label': `Link for ${recipient.name ?? recipient.id}`, onfocus: (event) => event.target.select() }),
          el('button', { type: 'button', text: 'Copy link', onclick: async () => { try { await navigator.clipboard.writeText(address); copied.textContent = 'Copied'; } catch { copied.textContent = 'Select the link and copy it'; } } }), el('a', { class: 'button', href: address, target: '_blank', rel: 'noreferrer noopener', text: 'Open' }), copied) : null),
      address ? qrCode(generate, address, `QR code of the link for ${recipient.name ?? recipient.id}`) : null);
  }

  function draw() {
    const { state } = session;
    head.replaceChildren(el('div', {}, el('h1', { text: state.title ?? 'Agreement' }), el('p', {}, el('span', { class: `status ${state.status}`, text: portal.statusWords[state.status] }), ' ', el('span', { class: 'muted', text: { device: 'on this device, waiting to send', sent: 'sent to the server', seen: 'seen by the other side' }[session.sync.place] }))),
      el('div', { class: 'acts' },
        session.sync.waiting ? el('button', { type: 'button', text: 'Send now', onclick: () => void portal.sync.now(stream) }) : null,
        session.can({ do: 'complete' }) === null ? el('button', { type: 'button', class: 'primary', text: 'Seal', onclick: () => void act({ do: 'complete' }) }) : null,
        el('button', { type: 'button', text: 'Save a copy', onclick: () => void save('html') }), el('button', { type: 'button', text: 'Export', onclick: () => void save('bundle') }),
        session.can({ do: 'void' }) === null ? el('button', { type: 'button', class: 'danger', text: 'Withdraw', onclick: () => voiding.showModal() }) : null));
    const words = [];
    if (state.status === 'contested') words.push('Two acts crossed and exclude each other. Settle it by withdrawing the agreement, or let the tie policy stand.');
    if (state.status === 'frozen') words.push('The sender’s records contradict each other (two devices wrote at once). Withdraw the agreement and send it again.');
    if (state.status === 'signedByAll') words.push('Everyone has signed; the completing service seals it when it next has a connection.');
    if (state.needsNewerVersion) words.push('This agreement holds something a newer version wrote. Reload the portal.');
    if (state.ending?.reason) words.push(`Reason: ${state.ending.reason}`);
    const { problem } = session.sync;
    if (problem) words.push(`${sayError('en', problem.code)} (${problem.code})`);
    notices.replaceChildren(...words.map((text) => el('p', { class: 'banner', text })));
    people.replaceChildren(el('h2', { text: 'Recipients' }), el('ul', { class: 'recipients' }, [...state.recipients].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1)).map(card)));
    try {
      view.content = session.document.html();
    } catch (error) {
      portal.fail(error);
    }
  }

  main.replaceChildren(head, notices, el('div', { class: 'split' }, el('div', { class: 'side' }, people, el('h2', { text: 'Audit trail' }), trail), el('div', { class: 'paper', role: 'region', tabIndex: 0, 'aria-label': 'The agreement' }, view)), voiding);
  draw();
  session.addEventListener('change', draw);
  session.addEventListener('sync', draw);
  return () => void session.close();
}
