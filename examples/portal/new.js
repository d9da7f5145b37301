// A new agreement: template, customer record, values beside the live document, recipients, send.
import { sayError, strings } from 'countersign/elements';
import { el } from './dom.js';
import { clauseLibrary, customers, fileOf, templateSources } from './library.js';

const defaultConsent = {
  id: 'standard', version: '1', locale: 'en',
  summary: 'You are asked to read and sign this agreement on a screen instead of on paper.',
  slots: {
    paperOption: 'You may ask the sender for a paper copy to sign instead, at no cost.',
    scope: 'Your consent covers this agreement only.',
    withdrawal: 'You may stop at any time before you sign by declining or closing this page. After signing, tell the sender if you want later records on paper.',
    contactUpdate: 'Tell the sender about a new address by answering the message that brought you the link.',
    copy: 'You can save and print your copy here at once, and again later from the same link, at no cost.',
    requirements: 'A phone, tablet or computer with a current browser, and room to save a file.',
  },
};

/** The template's own words for a value that is refused, else the elements', else the engine's. */
function refusal(field, { code, message }) {
  return field.message ?? (code in strings('en').errors ? sayError('en', code, field) : message);
}

function fieldInput(template, field, values, changed) {
  const start = values[field.id];
  const initial = start === undefined ? '' : template.typed(field.id, start);
  const problem = el('p', { class: 'problem', id: `problem-${field.id}`, role: 'alert' });
  const read = (text) => {
    try {
      const value = template.parse(field.id, text);
      problem.textContent = '';
      control.removeAttribute('aria-invalid');
      changed(field.id, value);
    } catch (error) {
      problem.replaceChildren(refusal(field, error), ' ', el('code', { text: error.code }));
      control.setAttribute('aria-invalid', 'true');
      changed(field.id, null);
    }
  };
  const common = { id: `field-${field.id}`, 'aria-describedby': `problem-${field.id} broken-${field.id}${field.help ? ` help-${field.id}` : ''}` };
  let control;
  if (field.type === 'bool') control = el('input', { ...common, type: 'checkbox', checked: start === true, onchange: () => read(String(control.checked)) });
  else if (field.options?.length) control = el('select', { ...common, onchange: () => read(control.value) }, el('option', { value: '', text: 'Choose…' }), field.options.map(({ value, label }) => el('option', { value, text: label, selected: value === initial })));
  else control = el('input', { ...common, type: field.type === 'date' ? 'date' : 'text', value: initial, autocomplete: 'off', inputMode: field.inputMode ?? 'text', oninput: () => read(control.value) });
  return el('div', { class: field.type === 'bool' ? 'tick' : 'field' }, el('label', { for: `field-${field.id}`, text: `${field.label}${field.required === false ? ' (optional)' : ''}` }), control, field.help ? el('p', { class: 'note', id: `help-${field.id}`, text: field.help }) : null, problem, el('p', { class: 'problem', id: `broken-${field.id}`, role: 'status' }));
}

export async function renderNew(portal, main, wanted) {
  main.replaceChildren(el('p', { class: 'muted', text: 'Compiling the templates…' }));
  const [sources, records, library] = await Promise.all([templateSources(), customers(), clauseLibrary()]);
  const templates = [];
  for (const { name, source } of sources) {
    const { template, source: compiled, diagnostics } = await portal.countersign.templates.compile(source, { file: fileOf(name), library });
    if (template) templates.push({ name, source: compiled, template });
    else portal.fail({ message: `${fileOf(name)}: ${diagnostics[0]?.message ?? 'does not compile'}` });
  }
  /** Of this page: another one, left while it was still being made, has elements of the same names. */
  const byId = (id) => main.querySelector(`#${CSS.escape(id)}`);
  let chosen = null;
  let assembly = null;
  let values = {};
  let recipients = [];
  const preview = el('countersign-document', { class: 'preview' });
  const empty = el('p', { class: 'muted', text: 'The agreement appears here, and changes as you type.' });
  const form = el('div', { class: 'values' });
  const people = el('div', { class: 'people' });
  const problems = el('div', { class: 'problems', role: 'status' });
  const send = el('button', { type: 'button', class: 'primary', text: 'Send', disabled: true, onclick: () => void submit() });
  const note = el('p', { id: 'send-note', class: 'note', role: 'status', text: 'Choose a template to begin.' });
  const sending = el('div', { class: 'sending' }, note, send);

  const templateSelect = el('select', { id: 'template', onchange: () => choose(templateSelect.value) }, el('option', { value: '', text: 'Choose a template…' }), templates.map(({ name, template }) => el('option', { value: name, text: `${template.title} (version ${template.version})` })));
  const recordSelect = el('select', { id: 'customer', disabled: true, onchange: () => prefill(recordSelect.value) }, el('option', { value: '', text: 'Choose a customer…' }), records.map(({ id, label }) => el('option', { value: id, text: label })));

  main.replaceChildren(el('div', { class: 'head' }, el('h1', { text: 'New agreement' })),
    el('div', { class: 'split' },
      el('div', { class: 'side' },
        el('div', { class: 'field' }, el('label', { for: 'template', text: 'Template' }), templateSelect), el('div', { class: 'field' }, el('label', { for: 'customer', text: 'Customer record' }), recordSelect),
        problems, form, people, sending),
      el('div', { class: 'paper', role: 'region', tabIndex: 0, 'aria-label': 'The agreement as it stands' }, empty, preview)));

  function choose(name) {
    assembly?.close();
    chosen = templates.find((entry) => entry.name === name) ?? null;
    recordSelect.disabled = chosen === null;
    problems.replaceChildren();
    empty.hidden = chosen !== null;
    if (!chosen) {
      assembly = null;
      preview.content = '';
      for (const part of [form, people]) part.replaceChildren();
      send.disabled = true;
      note.textContent = 'Choose a template to begin.';
      return;
    }
    values = Object.fromEntries(chosen.template.fields.filter((field) => !field.role && field.default !== undefined).map((field) => [field.id, field.default]));
    assembly = chosen.template.assemble(values);
    recipients = chosen.template.roles.filter(({ signs }) => signs).map((role) => ({ id: role.id.toLowerCase().replace(/[^a-z0-9_-]/g, '-'), role: role.id, label: role.label, recipientType: 'signer', order: role.order, name: '', contact: '' }));
    if (recordSelect.value) prefill(recordSelect.value);
    else drawAll();
  }

  function prefill(id) {
    const record = records.find((entry) => entry.id === id);
    if (!record || !chosen) return;
    const filled = chosen.template.prefill(record.record);
    values = { ...values, ...filled.values };
    // Who signs for the customer comes with the record; who signs for us is one of our own people.
    const ours = portal.config.people.find(({ does }) => does === 'signer');
    recipients.forEach((recipient, i) => {
      const person = i === 0 ? record.contact : ours;
      if (person && !recipient.extra) Object.assign(recipient, { name: person.name, contact: person.contact ?? '' });
    });
    assembly.close();
    assembly = chosen.template.assemble(values);
    problems.replaceChildren(...(filled.problems.length ? [el('p', { class: 'banner' }, el('span', { text: `The record does not have everything: ${filled.problems.length === 1 ? 'one field is' : `${filled.problems.length} fields are`} left to you.` })), el('ul', {}, filled.problems.map(({ field, message, code, path }) => el('li', { title: message }, el('strong', { text: labelOf(field) }), ` ${message.split(': ')[0]}. `, el('code', { text: `${code}${path ? ` ${path}` : ''}` }))))] : []));
    drawAll();
  }

  function change(field, value) {
    if (value === null) delete values[field];
    else values[field] = value;
    try {
      const patches = assembly.set({ [field]: value });
      preview.apply(patches, assembly.html());
    } catch (error) {
      portal.fail(error);
    }
    drawState();
  }

  function drawAll() {
    const own = chosen.template.fields.filter((field) => !field.role);
    form.replaceChildren(el('h2', { text: 'Values' }), ...own.map((field) => fieldInput(chosen.template, field, values, change)), el('dl', { class: 'computed', id: 'computed' }));
    drawPeople();
    preview.content = assembly.html();
    drawState();
  }

  function drawPeople() {
    const provider = portal.config.people.filter(({ does }) => does === 'signer');
    people.replaceChildren(el('h2', { text: 'Recipients, in routing order' }), el('p', { class: 'problem', id: 'routing-problem', role: 'alert' }), ...recipients.map((recipient, i) => el('fieldset', { class: 'recipient' }, el('legend', { text: recipient.label }),
      el('div', { class: 'field' }, el('label', { for: `name-${i}`, text: 'Name' }), el('input', { id: `name-${i}`, type: 'text', value: recipient.name, autocomplete: 'off', list: 'provider-people', oninput: (event) => { recipient.name = event.target.value; drawState(); } })),
      el('div', { class: 'field' }, el('label', { for: `contact-${i}`, text: 'E-mail (for your own notes; nothing is mailed)' }), el('input', { id: `contact-${i}`, type: 'email', value: recipient.contact, autocomplete: 'off', oninput: (event) => { recipient.contact = event.target.value; } })),
      el('div', { class: 'field short' }, el('label', { for: `order-${i}`, text: 'Order' }), el('input', { id: `order-${i}`, type: 'number', min: 1, max: 64, value: recipient.order, 'aria-describedby': 'routing-problem', oninput: (event) => { recipient.order = Number(event.target.value); drawState(); } })),
      recipient.extra ? el('button', { type: 'button', class: 'quiet', text: 'Remove', onclick: () => { recipients.splice(i, 1); drawPeople(); drawState(); } }) : null)),
      el('datalist', { id: 'provider-people' }, provider.map(({ name }) => el('option', { value: name }))),
      el('button', { type: 'button', class: 'quiet', text: 'Add somebody who gets a copy', onclick: () => { recipients.push({ id: `copy-${recipients.length}`, role: 'copy', label: 'Copy', recipientType: 'copy', order: Math.max(...recipients.map(({ order }) => order)), name: '', contact: '', extra: true }); drawPeople(); drawState(); } }));
  }

  const labelOf = (id) => chosen.template.fields.find((field) => field.id === id)?.label ?? chosen.template.computed.find((entry) => entry.id === id)?.label ?? id;

  function drawState() {
    if (!assembly) return;
    const state = assembly.status();
    const computed = byId('computed');
    computed?.replaceChildren(...state.computed.flatMap(({ label, display, waitsFor }) => [el('dt', { text: label }), el('dd', { text: display ?? (waitsFor.length ? `waits for ${waitsFor.map(labelOf).join(', ')}` : '—') })]));
    const ownIds = new Set(chosen.template.fields.filter((field) => !field.role).map(({ id }) => id));
    const missing = state.fields.filter(({ id, required, answered, error }) => ownIds.has(id) && ((required === true && !answered) || error));
    const broken = state.validations.filter(({ holds, level }) => holds === false && level === 'error');
    const nameless = recipients.filter(({ name }) => name.trim() === '');
    const routing = routingProblem();
    send.disabled = missing.length + broken.length + nameless.length + state.problems.length > 0 || routing !== '';
    // What a validation says stands at its field, unless what was typed there is no value at all.
    for (const id of ownIds) {
      const failed = state.validations.filter(({ field, holds }) => field === id && holds === false);
      const shown = byId(`broken-${id}`);
      shown.className = failed.some(({ level }) => level === 'error') ? 'problem' : 'note';
      shown.textContent = failed.map(({ message }) => message).join(' ');
    }
    const todo = [...(routing ? ['put the order of signing right'] : []), ...missing.map(({ id }) => `fill in ${labelOf(id)}`), ...broken.map(({ message }) => message.replace(/\.$/, '')), ...nameless.map(({ label }) => `name the ${label}`), ...state.problems.map(({ message }) => message)];
    const few = todo.slice(0, 3);
    note.textContent = send.disabled ? `Before sending: ${few.join('; ')}${todo.length > few.length ? `; and ${todo.length - few.length} more` : ''}.` : 'Ready to send.';
  }

  /** What is wrong with the order of signing, shown beside it; "" when nothing is. */
  function routingProblem() {
    const shown = byId('routing-problem');
    const unordered = recipients.filter(({ order }) => !Number.isInteger(order) || order < 1 || order > 64);
    const code = unordered.length ? null : chosen.template.checkRouting(recipients);
    const first = chosen.template.roles.filter(({ id }) => chosen.template.textRoles.includes(id)).map(({ label }) => label).join(', ');
    const words = unordered.length ? `Give ${unordered.map(({ label }) => label).join(', ')} an order from 1 to 64.` : code ? `${first} must sign first. ${sayError('en', code)}` : '';
    if (shown && shown.dataset.words !== words) {
      shown.dataset.words = words;
      shown.replaceChildren(...(words ? [words, ...(code ? [' ', el('code', { text: code })] : [])] : []));
    }
    recipients.forEach((recipient, i) => byId(`order-${i}`)?.setAttribute('aria-invalid', String(unordered.includes(recipient) || (code !== null && recipient.recipientType === 'signer'))));
    return words;
  }

  async function submit() {
    send.disabled = true;
    try {
      const { template, source } = chosen;
      // The template says for how long it can be signed, this agent's clock from when on.
      const deadlineAt = template.deadline(new Date());
      const session = await portal.countersign.create({
        title: template.title, sender: { name: portal.person.name, organisation: portal.person.organisation, contact: portal.person.contact }, template: { compiled: template.compiled, source, library }, values,
        recipients: recipients.map(({ id, role, recipientType, order, name, contact }) => ({ id, role, recipientType, order, name: name.trim(), ...(contact ? { contact } : {}) })),
        consent: template.consent ?? defaultConsent, services: { completer: [portal.config.completer] }, ...(deadlineAt === null ? {} : { deadlineAt }),
      }, await portal.ownerKey());
      await session.dispatch({ do: 'send' });
      const { stream } = session.state;
      await session.close();
      void portal.sync.now(stream);
      portal.say('Sent.');
      portal.go(`#/e/${stream}`);
    } catch (error) {
      portal.fail(error);
      send.disabled = false;
    }
  }

  if (wanted && templates.some(({ name }) => name === wanted)) {
    templateSelect.value = wanted;
    choose(wanted);
  }
  return () => {
    assembly?.close();
    for (const { template } of templates) template.close();
  };
}
